//! The order of names that people expect: `img2` before `img10`, and letters
//! whatever their case. Names that differ never compare as equal.

use std::cmp::Ordering;

/// Compares two names.
pub(super) fn compare(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a, b);
    loop {
        let (Some(x), Some(y)) = (left.chars().next(), right.chars().next()) else {
            // Who is at the end comes first; then what was passed over decides.
            return left.len().cmp(&right.len()).then_with(|| a.cmp(b));
        };
        let order = if x.is_ascii_digit() && y.is_ascii_digit() {
            let (one, other);
            (one, left) = number(left);
            (other, right) = number(right);
            // Without zeros before them, the longer number is the larger one.
            one.len().cmp(&other.len()).then_with(|| one.cmp(other))
        } else {
            left = &left[x.len_utf8()..];
            right = &right[y.len_utf8()..];
            x.to_lowercase().cmp(y.to_lowercase())
        };
        if order.is_ne() {
            return order;
        }
    }
}

/// The digits that a name begins with, without zeros before them, and the rest.
fn number(name: &str) -> (&str, &str) {
    let end = name
        .find(|letter: char| !letter.is_ascii_digit())
        .unwrap_or(name.len());
    let (digits, rest) = name.split_at(end);
    (digits.trim_start_matches('0'), rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_as_people_count_and_spell() {
        let order = [
            "",
            "0.png",
            "1.png",
            "01.png",
            "2.png",
            "10.png",
            "99999999999999999999999998.png",
            "99999999999999999999999999.png",
            "a",
            "a1b2",
            "a1b10",
            "a2",
            "B.png",
            "b2.png",
            "IMG_9.JPG",
            "img_10.jpg",
            "Ä.png",
        ];
        for (i, a) in order.iter().enumerate() {
            for (j, b) in order.iter().enumerate() {
                let expected = match (*a, *b) {
                    // The same number: the name itself decides.
                    ("1.png", "01.png") => "1.png".cmp("01.png"),
                    ("01.png", "1.png") => "01.png".cmp("1.png"),
                    _ => i.cmp(&j),
                };
                assert_eq!(compare(a, b), expected, "{a:?} {b:?}");
            }
        }
    }
}
