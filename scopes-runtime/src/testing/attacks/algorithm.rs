//! Other algorithms than that of the key.

use serde_json::{Value, json};

use super::attack::AttackList;
use crate::testing::token::base64url;

const NONE: &str = "RFC 8725 section 3.2";
const OF_THE_KEY: &str = "RFC 8725 section 3.1";
const CONFUSION: &str = "RFC 8725 section 2.1";
const NAME: &str = "RFC 7515 section 4.1.1";

pub(super) fn add(attacks: &mut AttackList) {
    none(attacks);
    other_names(attacks);
    no_names(attacks);
    confusion(attacks);
}

fn none(attacks: &mut AttackList) {
    for spelling in ["none", "None", "NONE", "nOnE", "none ", " none", "none\0", "NoNe\n"] {
        let token = attacks.good.clone().header("alg", spelling).sign();
        let (message, _) = token.rsplit_once('.').expect("a dot");
        let shown = spelling.escape_debug();
        attacks.invalid(NONE, format!("alg `{shown}`, no signature"), format!("{message}."));
        attacks.invalid(NONE, format!("alg `{shown}`, a signature"), &token);
    }
    let good = &attacks.good;
    let escaped = good.header_text().replace("\"ES256\"", r#""\u006eone""#);
    let token = good.sign_parts(escaped, good.claims_text());
    attacks.invalid(NONE, "alg `none` with an escape", token);
}

/// Other values of `alg`, in tokens that are signed with the right key.
fn other_names(attacks: &mut AttackList) {
    let names = [
        "HS256",
        "HS384",
        "HS512",
        "RS256",
        "RS384",
        "RS512",
        "PS256",
        "ES384",
        "ES512",
        "ES256K",
        "EdDSA",
        "es256",
        "Es256",
        "ES256 ",
        "ES256,HS256",
        "dir",
        "A256KW",
    ];
    for name in names {
        let token = attacks.good.clone().header("alg", name).sign();
        attacks.invalid(OF_THE_KEY, format!("alg `{name}`, signed with ES256"), token);
    }
}

fn no_names(attacks: &mut AttackList) {
    let cases = [
        ("alg null", Value::Null),
        ("alg empty", json!("")),
        ("alg a number", json!(256)),
        ("alg a boolean", json!(true)),
        ("alg an array", json!(["ES256"])),
        ("alg an object", json!({ "ES256": true })),
    ];
    for (name, alg) in cases {
        let token = attacks.good.clone().header("alg", alg).sign();
        attacks.invalid(NAME, name, token);
    }
    let token = attacks.good.clone().without_header("alg").sign();
    attacks.invalid(NAME, "alg missing", token);
}

/// HMAC with the public key as the secret.
fn confusion(attacks: &mut AttackList) {
    let key = attacks.good.key();
    let (pem, jwk) = (key.pem(), key.jwk.to_string());
    let secrets = [
        ("in PEM", pem.clone().into_bytes()),
        ("in PEM, without the last line break", pem.trim_end().as_bytes().to_vec()),
        ("in PEM, with CRLF", pem.replace('\n', "\r\n").into_bytes()),
        ("in DER", key.der()),
        ("as a point", key.point()),
        ("as a JWK", jwk.into_bytes()),
    ];
    for (form, secret) in secrets {
        let hs256 = attacks.good.clone().signed_with_secret(secret);
        attacks.invalid(CONFUSION, format!("HS256 with the public key {form}"), hs256.sign());
        let token = hs256.header("alg", "ES256").sign();
        attacks.invalid(CONFUSION, format!("alg `ES256`, HMAC with the public key {form}"), token);
    }
    let guesses: [(&str, &[u8]); 4] =
        [("nothing", b""), ("`secret`", b"secret"), ("32 zero bytes", &[0; 32]), ("the key's kid", b"1")];
    for (name, secret) in guesses {
        let token = attacks.good.clone().signed_with_secret(secret).sign();
        attacks.invalid("RFC 8725 section 3.5", format!("HS256 with {name} for a secret"), token);
    }
    let header = json!({ "alg": "dir", "enc": "A256GCM", "typ": "at+jwt" }).to_string();
    let jwe = format!("{}..{}.AAAA.AAAA", base64url(header), base64url([0; 12]));
    attacks.invalid(CONFUSION, "a JWE without a signature", jwe);
}
