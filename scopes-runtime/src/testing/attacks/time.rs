//! `exp`, `nbf`, `iat` and `auth_time`: times that have passed or are to come, numbers out of range, and other types.

use serde_json::{Value, json};

use super::attack::AttackList;
use crate::testing::claims::now;

const EXP: &str = "RFC 7519 section 4.1.4";
const NBF: &str = "RFC 7519 section 4.1.5";
const IAT: &str = "RFC 7519 section 4.1.6";
const DATE: &str = "RFC 7519 section 2";

pub(super) fn add(attacks: &mut AttackList) {
    let token = attacks.good.clone().without_claim("exp").sign();
    attacks.invalid(EXP, "exp missing", token);
    let now = now();
    let moments = [
        ("two minutes ago", json!(now - 120)),
        ("two minutes ago, in a fraction", json!(now as f64 - 120.5)),
        ("the epoch", json!(0)),
        ("zero below zero", json!(-0.0)),
        ("a moment after the epoch", json!(1e-300)),
    ];
    for (name, exp) in moments {
        let token = attacks.good.clone().claim("exp", exp).sign();
        attacks.invalid(EXP, format!("exp: {name}"), token);
    }
    let early = [
        ("in two minutes", json!(now + 120)),
        ("in two minutes and a fraction", json!(now as f64 + 120.5)),
        ("in a thousand years", json!(now + 31_556_952_000)),
        ("in milliseconds", json!(now * 1000)),
    ];
    for (name, nbf) in early {
        let token = attacks.good.clone().claim("nbf", nbf).sign();
        attacks.invalid(NBF, format!("nbf: {name}"), token);
    }
    for claim in ["exp", "nbf", "auth_time"] {
        no_moments(attacks, claim, now);
    }
    for (name, iat) in no_numbers(now) {
        let token = attacks.good.clone().claim("iat", iat).sign();
        attacks.invalid(IAT, format!("iat: {name}"), token);
    }
    texts(attacks, now);
}

fn no_moments(attacks: &mut AttackList, claim: &str, now: u64) {
    let beyond = [
        ("minus one", json!(-1)),
        ("the least integer", json!(i64::MIN)),
        ("the greatest signed integer", json!(i64::MAX)),
        ("the greatest integer", json!(u64::MAX)),
        ("1e300", json!(1e300)),
        ("the greatest float", json!(f64::MAX)),
        ("the least float", json!(f64::MIN)),
    ];
    for (name, moment) in beyond.into_iter().chain(no_numbers(now)) {
        let token = attacks.good.clone().claim(claim, moment).sign();
        attacks.invalid(DATE, format!("{claim}: {name}"), token);
    }
}

fn no_numbers(now: u64) -> [(&'static str, Value); 6] {
    [
        ("a string", json!((now + 60).to_string())),
        ("a date", json!("2099-01-01T00:00:00Z")),
        ("null", Value::Null),
        ("a boolean", json!(true)),
        ("an array", json!([now + 60])),
        ("an object", json!({ "$date": now + 60 })),
    ]
}

/// Numbers that are malformed in JSON, or out of range.
fn texts(attacks: &mut AttackList, now: u64) {
    let claims = attacks.good.clone().claim("exp", "EXP").claims_text();
    let later = now + 60;
    let numbers = [
        ("1e400", "1e400".to_owned()),
        ("-1e400", "-1e400".to_owned()),
        ("a thousand digits", "9".repeat(1000)),
        ("NaN", "NaN".to_owned()),
        ("Infinity", "Infinity".to_owned()),
        ("a plus sign", format!("+{later}")),
        ("a zero before it", format!("0{later}")),
        ("hexadecimal", format!("{later:#x}")),
        ("a dot after it", format!("{later}.")),
        ("underscores", format!("{}_{}", later / 1000, later % 1000)),
        ("an exponent without digits", format!("{later}e")),
    ];
    for (name, number) in numbers {
        let payload = claims.replace("\"EXP\"", &number);
        let token = attacks.good.sign_parts(attacks.good.header_text(), payload);
        attacks.invalid(DATE, format!("exp: {name}"), token);
    }
}
