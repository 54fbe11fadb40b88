//! Malformed `Authorization` headers, other schemes, and several lines.

use axum::http::header::{COOKIE, PROXY_AUTHORIZATION};
use axum::http::{HeaderName, HeaderValue};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::attack::{AttackList, Refusal};

const BEARER: &str = "RFC 6750 section 2.1";
const CREDENTIALS: &str = "RFC 9110 section 11.4";
const ONE_LINE: &str = "RFC 9110 section 5.3";
const OTHER_SCHEME: &str = "RFC 6750 section 3.1";

pub(super) fn add(attacks: &mut AttackList) {
    let token = attacks.good.sign();
    one_malformed_line(attacks, &token);
    not_ascii(attacks, &token);
    several_lines(attacks, &token);
    other_schemes(attacks, &token);
    other_places(attacks, &token);
}

fn one_malformed_line(attacks: &mut AttackList, token: &str) {
    let json = r#"{"payload":"e30","signatures":[{"signature":"AA"}]}"#;
    let cases = [
        ("an empty header", String::new()),
        ("`Bearer` alone", "Bearer".to_owned()),
        ("`Bearer` and a space", "Bearer ".to_owned()),
        ("`Bearer` and spaces", "Bearer    ".to_owned()),
        ("a tab for the space", format!("Bearer\t{token}")),
        ("a tab after the space", format!("Bearer \t{token}")),
        ("a colon after `Bearer`", format!("Bearer: {token}")),
        ("an equals sign after `Bearer`", format!("Bearer={token}")),
        ("`Bearer` in quotation marks", format!("\"Bearer\" {token}")),
        ("a scheme that begins with no letter", format!("=Bearer {token}")),
        ("two tokens", format!("Bearer {token} {token}")),
        ("two credentials and a comma", format!("Bearer {token}, Bearer {token}")),
        ("a comma before the token", format!("Bearer ,{token}")),
        ("a comma after the token", format!("Bearer {token},")),
        ("a semicolon and a parameter", format!("Bearer {token};q=1")),
        ("the token as a parameter", format!("Bearer token=\"{token}\"")),
        ("the token in quotation marks", format!("Bearer \"{token}\"")),
        ("the token in angle brackets", format!("Bearer <{token}>")),
        ("the token percent-encoded", format!("Bearer {}", token.replace('.', "%2E"))),
        ("an equals sign before the token", format!("Bearer ={token}")),
        ("an equals sign in the token", format!("Bearer {}", token.replacen('.', "=.", 1))),
        ("padding alone", "Bearer ==".to_owned()),
        ("a wildcard", "Bearer *".to_owned()),
        ("a JWS in JSON", format!("Bearer {json}")),
        ("a backslash in the token", format!("Bearer {}", token.replacen('.', "\\.", 1))),
    ];
    for (name, line) in cases {
        let rule = if line.starts_with("Bearer ") { BEARER } else { CREDENTIALS };
        attacks.lines(rule, name, [line], Refusal::Malformed);
    }
}

fn not_ascii(attacks: &mut AttackList, token: &str) {
    let cases: [(&str, &[&[u8]]); 6] = [
        ("a byte that is not UTF-8 after the token", &[b"Bearer ", token.as_bytes(), b"\xff"]),
        ("a byte that is not UTF-8 before the token", &[b"Bearer \xc0", token.as_bytes()]),
        ("a letter that is not ASCII", &[b"Bearer ", token.as_bytes(), "é".as_bytes()]),
        ("a no-break space", &["Bearer\u{a0}".as_bytes(), token.as_bytes()]),
        ("a space of no width", &["Bearer \u{200b}".as_bytes(), token.as_bytes()]),
        ("a Cyrillic `Bearer`", &["\u{412}earer ".as_bytes(), token.as_bytes()]),
    ];
    for (name, parts) in cases {
        attacks.lines(BEARER, name, [parts.concat()], Refusal::Malformed);
    }
}

fn several_lines(attacks: &mut AttackList, token: &str) {
    let bearer = || format!("Bearer {token}");
    let basic = || "Basic YWxpY2U6c2VjcmV0".to_owned();
    let cases = [
        ("the same line twice", vec![bearer(), bearer()]),
        ("another scheme in a line before", vec![basic(), bearer()]),
        ("another scheme in a line after", vec![bearer(), basic()]),
        ("an empty line before", vec![String::new(), bearer()]),
        ("an empty line after", vec![bearer(), String::new()]),
        ("a bad token in a line before", vec!["Bearer x".to_owned(), bearer()]),
        ("a token in two lines", vec!["Bearer".to_owned(), token.to_owned()]),
        ("fifty lines", vec![bearer(); 50]),
    ];
    for (name, lines) in cases {
        attacks.lines(ONE_LINE, name, lines, Refusal::Malformed);
    }
}

fn other_schemes(attacks: &mut AttackList, token: &str) {
    let cases = [
        ("a token without a scheme", token.to_owned()),
        ("`Bearer` and the token in one word", format!("Bearer{token}")),
        ("a scheme that begins with `Bearer`", format!("Bearers {token}")),
        ("the scheme `Token`", format!("Token {token}")),
        ("the scheme `JWT`", format!("JWT {token}")),
        ("the scheme `DPoP`", format!("DPoP {token}")),
        (
            "the token as a password",
            format!("Basic {}", BASE64_STANDARD.encode(format!(":{token}").as_bytes())),
        ),
        ("another scheme, and `Bearer` after a comma", format!("Negotiate, Bearer {token}")),
    ];
    for (name, line) in cases {
        attacks.lines(OTHER_SCHEME, name, [line], Refusal::Absent);
    }
}

fn other_places(attacks: &mut AttackList, token: &str) {
    let places = [
        (PROXY_AUTHORIZATION, format!("Bearer {token}")),
        (HeaderName::from_static("x-forwarded-authorization"), format!("Bearer {token}")),
        (HeaderName::from_static("x-access-token"), token.to_owned()),
        (COOKIE, format!("access_token={token}")),
    ];
    for (header, value) in places {
        let name = format!("the token in `{header}`");
        let headers = vec![(header, HeaderValue::try_from(value).expect("a header value"))];
        attacks.push("RFC 6750 section 2", name, headers, Refusal::Absent);
    }
}
