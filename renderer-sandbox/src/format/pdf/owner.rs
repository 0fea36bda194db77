//! The two passwords of an encrypted document (ISO 32000-2:2020, 7.6.4): the user's
//! opens it within its author's limits, the owner's without them. hayro takes both
//! of revision 5 and 6 and does not say which it was, and the user's of the
//! older ones alone.
//!
//! The dictionary that encrypts a document is not encrypted. It is found by its
//! number in the bytes and read by hayro out of a document of our own around it.

use hayro::hayro_syntax::object::{Dict, Number, ObjectIdentifier, String as PdfString};
use hayro::hayro_syntax::{DecryptionError, LoadPdfError, Pdf};
use md5::{Digest, Md5};
use std::fmt::Write as _;
use zeroize::Zeroizing;

/// Longest dictionary that is looked at. Its strings take some 600 bytes.
const MAX_DICTIONARY_BYTES: usize = 16 * 1024;
/// Bytes of a password that is filled up.
const PADDED: usize = 32;
/// What fills a password up (7.6.4.3.2).
const PADDING: [u8; PADDED] = [
    0x28, 0xBF, 0x4E, 0x5E, 0x4E, 0x75, 0x8A, 0x41, 0x64, 0x00, 0x4E, 0x56, 0xFF, 0xFA, 0x01, 0x08,
    0x2E, 0x2E, 0x00, 0xB6, 0xD0, 0x68, 0x3E, 0x80, 0x2F, 0x0C, 0xA9, 0xFE, 0x64, 0x53, 0x69, 0x7A,
];

/// What a document's dictionary of encryption says, as far as passwords go.
pub(super) struct Locks {
    revision: i32,
    key_bytes: usize,
    owner: Vec<u8>,
    user: Vec<u8>,
    owner_key: Vec<u8>,
    user_key: Vec<u8>,
    checks: Vec<u8>,
    pub(super) permissions: u32,
}

impl Locks {
    /// `None` where nothing encrypts the document, or not by passwords.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let around = around(dictionary(bytes)?);
        let pdf = Pdf::new(around).ok()?;
        let dict = pdf.xref().get::<Dict<'_>>(ObjectIdentifier::new(4, 0))?;
        let bytes = |key: &str| {
            dict.get::<PdfString<'_>>(key)
                .map(|text| text.as_bytes().to_vec())
        };
        let bits = dict.get::<i32>("Length").unwrap_or(40);
        let version = dict.get::<i32>("V")?;
        Some(Self {
            revision: dict.get::<i32>("R")?,
            key_bytes: match version {
                1 => 5,
                4 => 16,
                _ => usize::try_from(bits / 8).ok()?.clamp(5, 16),
            },
            owner: bytes("O")?,
            user: bytes("U")?,
            owner_key: bytes("OE").unwrap_or_default(),
            user_key: bytes("UE").unwrap_or_default(),
            checks: bytes("Perms").unwrap_or_default(),
            // Written as a signed number of 32 bits, by some without the sign.
            permissions: (dict.get::<Number>("P")?.as_f64() as i64) as u32,
        })
    }

    /// The user's password by the owner's, up to revision 4 (algorithm 7). Only the
    /// document can tell whether it is right.
    pub(super) fn user_password(&self, owner: &str) -> Option<Zeroizing<String>> {
        if !(2..=4).contains(&self.revision) {
            return None;
        }
        let mut padded = Zeroizing::new([0; PADDED]);
        let password = owner.bytes().chain(PADDING);
        padded
            .iter_mut()
            .zip(password)
            .for_each(|(to, from)| *to = from);
        let mut key = Zeroizing::new(Md5::digest(*padded).to_vec());
        if self.revision >= 3 {
            for _ in 0..50 {
                *key = Md5::digest(key.as_slice()).to_vec();
            }
        }
        key.truncate(self.key_bytes);
        let mut text = Zeroizing::new(self.owner.get(..PADDED)?.to_vec());
        let rounds = if self.revision == 2 { 0 } else { 19 };
        for round in (0..=rounds).rev() {
            let key: Vec<u8> = key.iter().map(|byte| byte ^ round).collect();
            rc4(&Zeroizing::new(key), &mut text);
        }
        let padding = (0..=PADDED).find(|from| {
            text.get(*from..)
                .is_some_and(|rest| PADDING.starts_with(rest))
        })?;
        let user = std::str::from_utf8(text.get(..padding)?).ok()?;
        Some(Zeroizing::new(user.to_owned()))
    }

    /// Whether a password that opens a document of revision 5 or 6 is not the user's:
    /// it does not open one whose owner's password is another.
    pub(super) fn is_not_the_users(&self, password: &str) -> bool {
        if !(5..=6).contains(&self.revision) {
            return false;
        }
        let nobody = vec![0; self.owner.len()];
        let mut dict = format!(
            "<< /Filter /Standard /V 5 /R {} /Length 256 /P {} /CF << /StdCF << /CFM /AESV3 \
             /Length 32 >> >> /StmF /StdCF /StrF /StdCF",
            self.revision,
            self.permissions.cast_signed(),
        );
        let strings = [
            ("O", &nobody),
            ("U", &self.user),
            ("OE", &self.owner_key),
            ("UE", &self.user_key),
            ("Perms", &self.checks),
        ];
        for (key, bytes) in strings {
            let _ = write!(dict, " /{key} <");
            for byte in bytes {
                let _ = write!(dict, "{byte:02X}");
            }
            dict.push('>');
        }
        dict.push_str(" >>");
        let made = document(dict.as_bytes(), "/Encrypt 4 0 R /ID [<00> <00>]");
        let opened = Pdf::new_with_password(made, password);
        matches!(
            opened,
            Err(LoadPdfError::Decryption(DecryptionError::PasswordProtected))
        )
    }
}

/// The bytes of the dictionary that the last trailer names.
fn dictionary(bytes: &[u8]) -> Option<&[u8]> {
    let at = memchr::memmem::rfind_iter(bytes, b"/Encrypt").find(|at| {
        // Not /EncryptMetadata.
        bytes
            .get(at + 8)
            .is_some_and(|next| !next.is_ascii_alphabetic())
    })?;
    let rest = bytes.get(at + 8..)?.trim_ascii_start();
    let rest = rest.get(..MAX_DICTIONARY_BYTES).unwrap_or(rest);
    if rest.starts_with(b"<<") {
        return Some(rest);
    }
    let words = rest
        .get(..32)
        .unwrap_or(rest)
        .split(u8::is_ascii_whitespace);
    let mut numbers = words.map_while(|word| std::str::from_utf8(word).ok()?.parse::<u32>().ok());
    let head = format!("{} {} obj", numbers.next()?, numbers.next()?);
    let starts = memchr::memmem::rfind_iter(bytes, head.as_bytes());
    let mut starts = starts.filter(|at| {
        let before = at.checked_sub(1).and_then(|before| bytes.get(before));
        before.is_none_or(|byte| !byte.is_ascii_digit())
    });
    let rest = bytes.get(starts.next()? + head.len()..)?;
    let rest = rest.get(..MAX_DICTIONARY_BYTES).unwrap_or(rest);
    let end = memchr::memmem::find(rest, b"endobj").unwrap_or(rest.len());
    rest.get(..end)
}

/// A document with a dictionary as its fourth object.
fn around(dictionary: &[u8]) -> Vec<u8> {
    document(dictionary, "")
}

fn document(dictionary: &[u8], trailer: &str) -> Vec<u8> {
    let objects: [&[u8]; 4] = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>",
        dictionary,
    ];
    let mut out = b"%PDF-2.0\n".to_vec();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for (number, object) in (1..).zip(objects) {
        let _ = writeln!(table, "{:010} 00000 n ", out.len());
        out.extend(format!("{number} 0 obj\n").bytes());
        out.extend(object);
        out.extend(b"\nendobj\n");
    }
    let start = out.len();
    let size = objects.len() + 1;
    let end =
        format!("trailer << /Size {size} /Root 1 0 R {trailer} >>\nstartxref\n{start}\n%%EOF\n");
    out.extend(table.bytes().chain(end.bytes()));
    out
}

/// RC4, which is its own inverse. Broken for secrets, and what these files have.
fn rc4(key: &[u8], text: &mut [u8]) {
    let mut state: [u8; 256] = std::array::from_fn(|at| u8::try_from(at).unwrap_or_default());
    let mut other = 0_u8;
    for (at, key) in (0..=255_u8).zip(key.iter().cycle()) {
        other = other
            .wrapping_add(state[usize::from(at)])
            .wrapping_add(*key);
        state.swap(usize::from(at), usize::from(other));
    }
    let (mut one, mut other) = (0_u8, 0_u8);
    for byte in text {
        one = one.wrapping_add(1);
        other = other.wrapping_add(state[usize::from(one)]);
        state.swap(usize::from(one), usize::from(other));
        let sum = state[usize::from(one)].wrapping_add(state[usize::from(other)]);
        *byte ^= state[usize::from(sum)];
    }
}

#[cfg(test)]
mod tests {
    use super::{Locks, rc4};

    #[test]
    fn rc4_is_the_one_that_everybody_has() {
        // RFC 6229: key 0102030405, offset 0.
        let mut text = [0; 16];
        rc4(&[1, 2, 3, 4, 5], &mut text);
        let right = [
            0xB2, 0x39, 0x63, 0x05, 0xF0, 0x3D, 0xC0, 0x27, 0xCC, 0xC3, 0x52, 0x4A, 0x0A, 0x11,
            0x18, 0xA8,
        ];
        assert_eq!(text, right);
    }

    #[test]
    fn what_encrypts_nothing_has_no_locks() {
        for bytes in [
            b"".as_slice(),
            b"trailer << /Encrypt 9 0 R >>",
            b"9 0 obj << /O (x >> endobj trailer << /Encrypt 9 0 R >>",
            b"/EncryptMetadata true",
            b"trailer << /Encrypt << /V 4 /R 4 /O () /U () /P -4 >> >>",
        ] {
            let locks = Locks::read(bytes);
            assert!(locks.is_none_or(|locks| locks.user_password("x").is_none()));
        }
    }
}
