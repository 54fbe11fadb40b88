//! Claims of another issuer, for another audience, of another kind of token, or of a wrong type.

use serde_json::{Value, json};

use super::attack::AttackList;

const ISS: &str = "RFC 9068 section 4";
const AUD: &str = "RFC 7519 section 4.1.3";

pub(super) fn add(attacks: &mut AttackList) {
    let claims: Value = serde_json::from_str(&attacks.good.claims_text()).expect("JSON");
    let text = |name: &str| claims[name].as_str().expect("a string").to_owned();
    iss(attacks, &text("iss"));
    aud(attacks, &text("aud"));
    kinds(attacks);
    types(attacks);
}

fn all<'a>(
    attacks: &mut AttackList,
    rule: &'static str,
    claim: &str,
    values: impl IntoIterator<Item = (&'a str, Value)>,
) {
    for (name, value) in values {
        let token = attacks.good.clone().claim(claim, value).sign();
        attacks.invalid(rule, format!("{claim}: {name}"), token);
    }
}

fn iss(attacks: &mut AttackList, issuer: &str) {
    let token = attacks.good.clone().without_claim("iss").sign();
    attacks.invalid(ISS, "iss missing", token);
    let values = [
        ("another issuer", json!("https://other.test")),
        ("a slash after it", json!(format!("{issuer}/"))),
        ("in capitals", json!(issuer.to_uppercase())),
        ("a space before it", json!(format!(" {issuer}"))),
        ("a NUL after it", json!(format!("{issuer}\0"))),
        ("another host that begins like it", json!(format!("{issuer}.evil.test"))),
        ("behind a user name", json!(issuer.replacen("://", "://evil.test@", 1))),
        ("empty", json!("")),
        ("null", Value::Null),
        ("a number", json!(5)),
        ("an array with it", json!([issuer])),
        ("an array with another one", json!(["https://other.test", issuer])),
        ("an object", json!({ "0": issuer })),
    ];
    all(attacks, ISS, "iss", values);
}

fn aud(attacks: &mut AttackList, audience: &str) {
    let token = attacks.good.clone().without_claim("aud").sign();
    attacks.invalid(AUD, "aud missing", token);
    let values = [
        ("another audience", json!("https://other.test")),
        ("other audiences", json!(["https://other.test", "https://third.test"])),
        ("a slash after it", json!(format!("{audience}/"))),
        ("in capitals", json!(audience.to_uppercase())),
        ("the beginning of it", json!(audience[..audience.len() - 1])),
        ("another one in one string with it", json!(format!("{audience} https://other.test"))),
        ("a wildcard", json!("*")),
        ("no audience", json!([])),
        ("empty", json!("")),
        ("null", Value::Null),
        ("a number", json!(5)),
        ("an object", json!({ "0": audience })),
        ("an array with it and a number", json!([audience, 5])),
        ("an array with it and null", json!([audience, null])),
        ("an array in an array", json!([[audience]])),
    ];
    all(attacks, AUD, "aud", values);
}

/// Tokens of another kind.
fn kinds(attacks: &mut AttackList) {
    let dpop = "RFC 9449 section 7.2";
    all(
        attacks,
        dpop,
        "cnf",
        [
            ("a key of DPoP", json!({ "jkt": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I" })),
            ("null", Value::Null),
            ("empty", json!({})),
        ],
    );
    let certificate = json!({ "x5t#S256": "A4DtL2JmUMhAsvJj5tKyn64SqzmuXbMrJa0n761y5v0" });
    all(attacks, "RFC 8705 section 3", "cnf", [("a client's certificate", certificate)]);
    all(
        attacks,
        "RFC 8725 section 3.12",
        "nonce",
        [("an ID token", json!("n-0S6_WzA2Mj")), ("null", Value::Null)],
    );
    all(attacks, "RFC 8725 section 3.12", "at_hash", [("an ID token", json!("MTIzNDU2Nzg5MDEyMzQ1Ng"))]);
}

fn types(attacks: &mut AttackList) {
    let scope = "RFC 8693 section 4.2";
    let values = [
        ("an array", json!(["scope"])),
        ("an array of nothing", json!([])),
        ("null", Value::Null),
        ("a number", json!(5)),
        ("a boolean", json!(true)),
        ("an object", json!({ "scope": true })),
    ];
    all(attacks, scope, "scope", values);
    for (claim, rule) in [
        ("sub", "RFC 7519 section 4.1.2"),
        ("client_id", "RFC 8693 section 4.3"),
        ("jti", "RFC 7519 section 4.1.7"),
        ("acr", "RFC 9068 section 2.2.1"),
    ] {
        let values = [
            ("null", Value::Null),
            ("a number", json!(5)),
            ("an array", json!(["alice"])),
            ("an object", json!({ "$gt": "" })),
        ];
        all(attacks, rule, claim, values);
    }
}
