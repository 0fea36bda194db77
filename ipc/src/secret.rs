//! A password on its way to the renderer.

use crate::codec::{Encode, Invalid, checked};
use crate::limits::MAX_PASSWORD_BYTES;
use std::fmt;
use zeroize::Zeroizing;

/// A password: at most [`MAX_PASSWORD_BYTES`], wiped when dropped, never
/// printed. The encoded message is wiped by whoever encodes it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes a password, or `None` when it is longer than any can be.
    #[must_use]
    pub fn new(password: String) -> Option<Self> {
        let password = Zeroizing::new(password);
        (password.len() <= MAX_PASSWORD_BYTES).then_some(Self(password))
    }

    /// The empty password.
    #[must_use]
    pub fn none() -> Self {
        Self(Zeroizing::new(String::new()))
    }

    /// The password itself.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Encode for Secret {
    fn encode<E: crate::codec::Encoder>(
        &self,
        encoder: &mut E,
    ) -> Result<(), crate::codec::EncodeError> {
        self.0.as_str().encode(encoder)
    }
}

checked!(Secret, String, |raw| Secret::new(raw)
    .ok_or(Invalid("password too long")));
