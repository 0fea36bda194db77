//! Bytes ↔ messages, the only way in and out of this crate.
//!
//! Decoding is total: any bytes give a message or a [`ProtocolError`], nothing
//! panics, and no more than [`MAX_DECODED_BYTES`] are allocated. This is the
//! one file that names `bincode`; another encoding would be a change here.

use crate::error::ProtocolError;
use crate::limits::{MAX_DECODED_BYTES, MAX_MESSAGE_BYTES};
use crate::message::{Event, Request};
use bincode::config::{self, Configuration, Limit, LittleEndian, Varint};
use bincode::enc::EncoderImpl;
use bincode::enc::write::SizeWriter;
use bincode::error::DecodeError;
use zeroize::Zeroize;

pub(crate) use bincode::enc::Encoder;
pub(crate) use bincode::error::EncodeError;
pub(crate) use bincode::{Decode, Encode};

/// A buffer for one message, wiped before it is reused or freed.
pub type MessageBuffer = [u8; MAX_MESSAGE_BYTES];

const CONFIG: Configuration<LittleEndian, Varint, Limit<MAX_DECODED_BYTES>> = config::standard()
    .with_little_endian()
    .with_variable_int_encoding()
    .with_limit::<MAX_DECODED_BYTES>();

/// Why a decoded value is no value of its type.
pub(crate) struct Invalid(pub(crate) &'static str);

impl From<Invalid> for DecodeError {
    fn from(invalid: Invalid) -> Self {
        Self::Other(invalid.0)
    }
}

/// Implements `Decode` for a type by decoding its raw form and checking it.
macro_rules! checked {
    ($type:ty, $raw:ty, $check:expr) => {
        impl<C> $crate::codec::bincode_decode::Decode<C> for $type {
            fn decode<D: $crate::codec::bincode_decode::Decoder<Context = C>>(
                decoder: &mut D,
            ) -> Result<Self, $crate::codec::bincode_decode::DecodeError> {
                let raw = <$raw as $crate::codec::bincode_decode::Decode<C>>::decode(decoder)?;
                let check: fn($raw) -> Result<Self, $crate::codec::Invalid> = $check;
                Ok(check(raw)?)
            }
        }
        $crate::codec::bincode_decode::impl_borrow_decode!($type);
    };
}
pub(crate) use checked;

/// What [`checked`] expands to.
pub(crate) mod bincode_decode {
    pub(crate) use bincode::de::Decoder;
    pub(crate) use bincode::error::DecodeError;
    pub(crate) use bincode::{Decode, impl_borrow_decode};
}

/// An encoded message. Wiped when dropped: it may hold a password.
pub struct Encoded {
    buffer: Box<MessageBuffer>,
    len: usize,
}

impl Encoded {
    /// The bytes to send.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.buffer.get(..self.len).unwrap_or_default()
    }
}

impl Drop for Encoded {
    fn drop(&mut self) {
        // The rest has never been written to.
        if let Some(written) = self.buffer.get_mut(..self.len) {
            written.zeroize();
        }
    }
}

/// Encodes a request.
///
/// # Errors
///
/// [`ProtocolError::TooLong`] if it does not fit in one message.
pub fn encode_request(request: &Request) -> Result<Encoded, ProtocolError> {
    encode(request)
}

/// Encodes an event.
///
/// # Errors
///
/// [`ProtocolError::TooLong`] if it does not fit in one message.
pub fn encode_event(event: &Event) -> Result<Encoded, ProtocolError> {
    encode(event)
}

/// Decodes what a renderer received.
///
/// # Errors
///
/// Any [`ProtocolError`] about the bytes themselves.
pub fn decode_request(bytes: &[u8]) -> Result<Request, ProtocolError> {
    decode(bytes)
}

/// Decodes what the broker received.
///
/// # Errors
///
/// Any [`ProtocolError`] about the bytes themselves.
pub fn decode_event(bytes: &[u8]) -> Result<Event, ProtocolError> {
    decode(bytes)
}

fn encode<M: Encode>(message: &M) -> Result<Encoded, ProtocolError> {
    let mut buffer = Box::new([0; MAX_MESSAGE_BYTES]);
    let len = bincode::encode_into_slice(message, buffer.as_mut_slice(), CONFIG)
        .map_err(|_| ProtocolError::TooLong)?;
    Ok(Encoded { buffer, len })
}

fn decode<M: Decode<()>>(bytes: &[u8]) -> Result<M, ProtocolError> {
    if bytes.is_empty() {
        return Err(ProtocolError::Empty);
    }
    if bytes.len() > MAX_MESSAGE_BYTES {
        return Err(ProtocolError::TooLong);
    }
    let (message, used) =
        bincode::decode_from_slice::<M, _>(bytes, CONFIG).map_err(|error| reason(&error))?;
    match bytes.len().saturating_sub(used) {
        0 => Ok(message),
        trailing => Err(ProtocolError::TrailingBytes(trailing)),
    }
}

fn reason(error: &DecodeError) -> ProtocolError {
    ProtocolError::Malformed(match error {
        DecodeError::UnexpectedEnd { .. } => "it ends early",
        DecodeError::LimitExceeded => "a length in it is beyond the limit",
        DecodeError::UnexpectedVariant { .. } => "an unknown kind",
        DecodeError::Utf8 { .. } => "a string is not UTF-8",
        DecodeError::InvalidBooleanValue(_) => "a boolean is neither 0 nor 1",
        DecodeError::Other(what) => what,
        _ => "a value is out of its range",
    })
}

/// How long a message would be, in bytes, or `None` when it fits in no message.
#[must_use]
pub fn event_len(event: &Event) -> Option<usize> {
    Some(encoded_len(event)).filter(|len| *len <= MAX_MESSAGE_BYTES)
}

/// Bytes that a value takes in a message; nothing is written or allocated.
#[must_use]
pub fn encoded_len<T: Encode>(value: &T) -> usize {
    let mut encoder = EncoderImpl::new(SizeWriter::default(), CONFIG);
    match value.encode(&mut encoder) {
        Ok(()) => encoder.into_writer().bytes_written,
        // A value that cannot be encoded fits nowhere.
        Err(_) => usize::MAX,
    }
}
