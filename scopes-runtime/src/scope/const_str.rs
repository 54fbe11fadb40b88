//! Comparisons of strings in constants, where `==` on `str` is not allowed.

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
    fn a_value_is_found_anywhere_in_a_list() {
        assert!(is_one_of("b", &["a", "b"]));
        assert!(!is_one_of("c", &["a", "b"]));
        assert!(!is_one_of("", &[]));
    }
}
