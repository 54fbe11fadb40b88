//! Tokens that are long or deeply nested.

use super::attack::{AttackList, Refusal};
use crate::testing::token::base64url;

const LIMITS: &str = "RFC 8259 section 9";

pub(super) fn add(attacks: &mut AttackList) {
    let (header, claims) = (attacks.good.header_text(), attacks.good.claims_text());
    let with = |text: &str, member: &str| format!(r#"{},"x":{member}}}"#, text.trim_end_matches('}'));
    let arrays = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let objects = |depth: usize| format!("{}1{}", r#"{"x":"#.repeat(depth), "}".repeat(depth));
    let deep = [
        ("arrays 200 deep in the payload", &header, &with(&claims, &arrays(200))),
        ("arrays 5000 deep in the payload", &header, &with(&claims, &arrays(5000))),
        ("objects 200 deep in the payload", &header, &with(&claims, &objects(200))),
        ("objects 1500 deep in the payload", &header, &with(&claims, &objects(1500))),
        ("arrays 200 deep in the header", &with(&header, &arrays(200)), &claims),
        ("arrays 5000 deep in the header", &with(&header, &arrays(5000)), &claims),
        ("objects 200 deep in the header", &with(&header, &objects(200)), &claims),
        ("objects 1500 deep in the header", &with(&header, &objects(1500)), &claims),
        ("arrays 5000 deep that are never closed", &header, &"[".repeat(5000)),
    ];
    for (name, header, claims) in deep {
        let token = attacks.good.sign_parts(header, claims);
        attacks.invalid(LIMITS, name, token);
    }
    let long = [
        ("a claim of 16 KiB", attacks.good.clone().claim("x", "x".repeat(16 * 1024)).sign()),
        ("a claim of 1 MiB", attacks.good.clone().claim("x", "x".repeat(1024 * 1024)).sign()),
        ("a header of 1 MiB", attacks.good.clone().header("x", "x".repeat(1024 * 1024)).sign()),
        ("a signature of 1 MiB", format!("{}.e30.{}", base64url(&header), "A".repeat(1024 * 1024))),
        ("a million letters", "a".repeat(1_000_000)),
        ("a million dots", ".".repeat(1_000_000)),
    ];
    for (name, token) in long {
        attacks.invalid(LIMITS, name, token);
    }
    let spaces = format!("Bearer{}=", " ".repeat(1_000_000));
    attacks.lines(LIMITS, "a million spaces", [spaces], Refusal::Malformed);
}
