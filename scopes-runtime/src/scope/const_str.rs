//! Strings in constants, where `==` on `str` and `format!` are not allowed.

/// Returns whether two strings are equal. It compares four bytes at a time, because the compiler interprets it for each literal
/// of an attribute.
pub(super) const fn str_eq(left: &str, right: &str) -> bool {
    let (mut left, mut right) = (left.as_bytes(), right.as_bytes());
    while let ([l0, l1, l2, l3, left_rest @ ..], [r0, r1, r2, r3, right_rest @ ..]) = (left, right) {
        if *l0 != *r0 || *l1 != *r1 || *l2 != *r2 || *l3 != *r3 {
            return false;
        }
        (left, right) = (left_rest, right_rest);
    }
    match (left, right) {
        ([], []) => true,
        ([l0], [r0]) => *l0 == *r0,
        ([l0, l1], [r0, r1]) => *l0 == *r0 && *l1 == *r1,
        ([l0, l1, l2], [r0, r1, r2]) => *l0 == *r0 && *l1 == *r1 && *l2 == *r2,
        _ => false,
    }
}

/// Returns whether the value is in the list.
pub(super) const fn is_one_of(value: &str, values: &[&str]) -> bool {
    let mut at = 0;
    while at < values.len() {
        if str_eq(value, values[at]) {
            return true;
        }
        at += 1;
    }
    false
}

/// A text made of parts, for the message of a panic in a constant.
pub(super) struct ConstText {
    bytes: [u8; 512],
    len: usize,
}

impl ConstText {
    /// Joins the parts. Leaves out those for which there is no space.
    pub(super) const fn of(parts: &[&str]) -> Self {
        let mut text = Self { bytes: [0; 512], len: 0 };
        let mut at = 0;
        while at < parts.len() {
            let part = parts[at].as_bytes();
            if part.len() <= text.bytes.len() - text.len {
                let (_, free) = text.bytes.split_at_mut(text.len);
                free.split_at_mut(part.len()).0.copy_from_slice(part);
                text.len += part.len();
            }
            at += 1;
        }
        text
    }

    pub(super) const fn as_str(&self) -> &str {
        match str::from_utf8(self.bytes.split_at(self.len).0) {
            Ok(text) => text,
            Err(_) => panic!("whole strings are UTF-8"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_equal_if_all_bytes_are() {
        let text = "abcdefghij";
        for len in 0..=text.len() {
            assert!(str_eq(&text[..len], &text[..len]), "{len}");
            assert!(!str_eq(&text[..len], &format!("{}x", &text[..len])), "{len}");
            for at in 0..len {
                let other = format!("{}X{}", &text[..at], &text[at + 1..len]);
                assert!(!str_eq(&text[..len], &other), "{len} {at}");
            }
        }
    }

    #[test]
    fn a_text_is_that_of_its_parts_that_have_space() {
        const TEXT: ConstText = ConstText::of(&["a", "…", ""]);
        assert_eq!(TEXT.as_str(), "a…");
        let long = "…".repeat(170);
        assert_eq!(ConstText::of(&[&long, "abc", "d", "ef"]).as_str(), format!("{long}d"));
        assert_eq!(ConstText::of(&[]).as_str(), "");
    }

    #[test]
    fn a_value_is_found_anywhere_in_a_list() {
        assert!(is_one_of("b", &["a", "b"]));
        assert!(!is_one_of("c", &["a", "b"]));
        assert!(!is_one_of("", &[]));
    }
}
