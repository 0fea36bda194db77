//! Comic books: ZIP archives of pictures, each a page, in the order that people
//! sort their names.
//!
//! Trust: none. A member is unpacked when its page is wanted, up to a limit that
//! does not believe what the archive says of its size.

use super::DocumentError;
use super::decode::damaged;
use super::words::plain;
use std::borrow::Cow;
use std::cmp::Ordering;
use std::io::{Cursor, Read};
use zip::{CompressionMethod, ZipArchive};

/// Most pages; the longest collections have a few thousand.
const MAX_MEMBERS: usize = 10_000;

/// Longest picture, unpacked, in bytes.
const MAX_MEMBER_BYTES: u64 = 128 * 1024 * 1024;

/// Ends of names that stand for pictures; what a page is, its content decides.
const ENDS: &[&str] = &[
    ".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif", ".heic", ".jxl", ".bmp", ".tif", ".tiff",
    ".jp2",
];

/// A picture in an archive.
pub(super) struct Member {
    number: usize,
    pub(super) name: String,
}

fn archive(document: &[u8]) -> Result<ZipArchive<Cursor<&[u8]>>, DocumentError> {
    ZipArchive::new(Cursor::new(document)).map_err(|error| {
        damaged(&format!(
            "its archive cannot be read: {}",
            plain(&error.to_string())
        ))
    })
}

/// The pictures of an archive, in order.
pub(super) fn members(document: &[u8]) -> Result<Vec<Member>, DocumentError> {
    let archive = archive(document)?;
    // A name that cannot be read is nobody's page.
    let names = archive.file_names().filter_map(Result::ok);
    let pictures = names.filter(|name| is_picture(name)).take(MAX_MEMBERS);
    let mut members: Vec<Member> = pictures
        .filter_map(|name| {
            let number = archive.index_for_name(&name)?;
            let name = name.into_owned();
            Some(Member { number, name })
        })
        .collect();
    members.sort_by(|a, b| natural(&a.name, &b.name));
    if members.is_empty() {
        return Err(DocumentError::Unsupported(
            "this is a ZIP archive without pictures, which Pellucid cannot show".to_owned(),
        ));
    }
    Ok(members)
}

fn is_picture(name: &str) -> bool {
    let lower = name.to_lowercase();
    let last = lower.rsplit('/').next().unwrap_or_default();
    let hidden = last.starts_with('.') || lower.starts_with("__macosx/");
    !hidden && ENDS.iter().any(|end| last.ends_with(end))
}

/// Unpacks a picture; one that is stored as it is costs no copy.
pub(super) fn unpacked<'d>(
    document: &'d [u8],
    member: &Member,
) -> Result<Cow<'d, [u8]>, DocumentError> {
    let broken = |error: &dyn std::fmt::Display| {
        damaged(&format!(
            "it cannot be unpacked: {}",
            plain(&error.to_string())
        ))
    };
    let mut archive = archive(document)?;
    let mut file = archive
        .by_index(member.number)
        .map_err(|error| broken(&error))?;
    if file.compression() == CompressionMethod::Stored && !file.encrypted() {
        let start = usize::try_from(file.data_start().unwrap_or(u64::MAX)).unwrap_or(usize::MAX);
        let len = usize::try_from(file.size()).unwrap_or(usize::MAX);
        let whole = start
            .checked_add(len)
            .and_then(|end| document.get(start..end));
        return whole
            .map(Cow::Borrowed)
            .ok_or_else(|| broken(&"it ends early"));
    }
    let mut all = Vec::new();
    file.by_ref()
        .take(MAX_MEMBER_BYTES + 1)
        .read_to_end(&mut all)
        .map_err(|error| broken(&error))?;
    if all.len() as u64 > MAX_MEMBER_BYTES {
        return Err(DocumentError::Limit(format!(
            "a picture in it is longer than the limit of {} MiB",
            MAX_MEMBER_BYTES >> 20
        )));
    }
    Ok(Cow::Owned(all))
}

/// Numbers in names count as numbers: page 9 before page 10.
fn natural(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a.chars().peekable(), b.chars().peekable());
    loop {
        match (a.peek().copied(), b.peek().copied()) {
            (None, None) => return Ordering::Equal,
            (None, _) => return Ordering::Less,
            (_, None) => return Ordering::Greater,
            (Some(x), Some(y)) if x.is_ascii_digit() && y.is_ascii_digit() => {
                let order = number(&mut a).cmp(&number(&mut b));
                if order != Ordering::Equal {
                    return order;
                }
            }
            (Some(x), Some(y)) => {
                let order = x.to_lowercase().cmp(y.to_lowercase());
                if order != Ordering::Equal {
                    return order;
                }
                a.next();
                b.next();
            }
        }
    }
}

/// Digits, as their count without leading zeros and themselves: in the order of
/// their values, however long they are.
fn number(text: &mut std::iter::Peekable<std::str::Chars<'_>>) -> (usize, String) {
    let mut digits = String::new();
    while let Some(digit) = text.next_if(char::is_ascii_digit) {
        digits.push(digit);
    }
    let digits = digits.trim_start_matches('0').to_owned();
    (digits.len(), digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_as_people_do() {
        let mut names = ["b1", "a10.jpg", "A9.jpg", "a09b", "a1/2", "a1/10", "a"];
        names.sort_by(|a, b| natural(a, b));
        assert_eq!(
            names,
            ["a", "a1/2", "a1/10", "A9.jpg", "a09b", "a10.jpg", "b1"]
        );
    }

    #[test]
    fn only_pictures_that_are_seen_are_pages() {
        assert!(is_picture("Folder/Page 1.JPG"));
        assert!(!is_picture("Folder/.hidden.jpg"));
        assert!(!is_picture("__MACOSX/Page 1.jpg"));
        assert!(!is_picture("ComicInfo.xml"));
    }
}
