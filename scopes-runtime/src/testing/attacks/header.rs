//! Members of the header: keys of an attacker, `kid`, extensions, `typ`, and malformed JSON.

use serde_json::{Value, json};

use super::attack::AttackList;
use crate::testing::TestToken;
use crate::testing::signing_key::SigningKey;
use crate::testing::token::base64url;

const KEYS: &str = "RFC 8725 section 3.10";
const KID: &str = "RFC 7515 section 4.1.4";
const UTF8: &str = "RFC 8725 section 3.7";
const CRIT: &str = "RFC 7515 section 4.1.11";
const B64: &str = "RFC 7797 section 7";
const TYP: &str = "RFC 9068 section 4";
const NAMES: &str = "RFC 7515 section 4";

pub(super) fn add(attacks: &mut AttackList) {
    keys(attacks);
    kids(attacks);
    extensions(attacks);
    types(attacks);
    texts(attacks);
}

/// Tokens that contain the attacker's key, or its location.
fn keys(attacks: &mut AttackList) {
    let forged = attacks.good.clone().forged();
    let mut jwk = forged.key().jwk.clone();
    let url = "http://127.0.0.1:9/keys";
    let certificate = "MIIBIjCBygIJAKgr0J2Bq5vVMAoGCCqGSM49BAMCMA==";
    let cases = [
        ("jwk", jwk.clone()),
        ("jku", json!(url)),
        ("x5u", json!(url)),
        ("x5c", json!([certificate])),
        ("x5t#S256", json!(base64url([0; 32]))),
    ];
    for (name, member) in cases {
        let token = forged.clone().header(name, member).without_header("kid").sign();
        attacks.invalid(KEYS, format!("an attacker's key in `{name}`"), token);
    }
    let token = forged.clone().header("jwk", jwk.clone()).sign();
    attacks.invalid(KEYS, "an attacker's key in `jwk`, under the issuer's kid", token);
    jwk["kid"] = "attacker".into();
    let token = forged.header("jwk", jwk).header("kid", "attacker").sign();
    attacks.unknown_key(KEYS, "an attacker's key in `jwk`, under a kid of its own", token);
    let secret = [9; 32];
    let jwk = json!({ "kty": "oct", "k": base64url(secret), "alg": "HS256" });
    let token = attacks.good.clone().signed_with_secret(secret).header("jwk", jwk).sign();
    attacks.invalid(KEYS, "an attacker's secret in `jwk`", token);
}

/// Other values of `kid`. All but the last token are signed with the right key.
fn kids(attacks: &mut AttackList) {
    let kids = [
        ("a path", json!("../../../../../../dev/null")),
        ("a file", json!("file:///etc/passwd")),
        ("SQL", json!("1' UNION SELECT 'secret' --")),
        ("a command", json!("1; curl 127.0.0.1:9")),
        ("a template", json!("{{7*7}}${7*7}%s%n")),
        ("a URL", json!("http://127.0.0.1:9/key")),
        ("a NUL after it", json!("1\0")),
        ("a space after it", json!("1 ")),
        ("a line break and a header", json!("1\r\nSet-Cookie: a=b")),
        ("other digits", json!("\u{ff11}")),
        ("nothing", json!("")),
        ("1 KiB", json!("k".repeat(1024))),
        ("8 KiB", json!("k".repeat(8 * 1024))),
        ("null", Value::Null),
        ("a number", json!(1)),
        ("a boolean", json!(true)),
        ("an array", json!(["1"])),
        ("an object", json!({ "$ne": null })),
    ];
    for (name, kid) in kids {
        let name = format!("kid: {name}");
        let is_kid = kid.is_string();
        let token = attacks.good.clone().header("kid", kid).sign();
        if is_kid {
            attacks.unknown_key(KID, name, token);
        } else {
            attacks.invalid(KID, name, token);
        }
    }
    let null = attacks.good.clone().signed_with_secret(*b"").header("kid", "../../../../../../dev/null");
    attacks.invalid(KID, "kid: a path to an empty file, and HS256 with nothing for a secret", null.sign());
    let other = SigningKey::new("2".to_owned());
    let token = attacks.good.clone().header("kid", other.kid).sign();
    attacks.unknown_key(KID, "kid: another key's", token);
}

fn extensions(attacks: &mut AttackList) {
    let cases = [
        (
            "crit of an unknown extension",
            json!({ "crit": ["https://example.com/x"], "https://example.com/x": 1 }),
        ),
        ("crit of a claim", json!({ "crit": ["exp"] })),
        ("crit of a member that is not there", json!({ "crit": ["x"] })),
        ("crit of a member that is always understood", json!({ "crit": ["alg"] })),
        ("crit twice of one member", json!({ "crit": ["x", "x"], "x": 1 })),
        ("crit empty", json!({ "crit": [] })),
        ("crit null", json!({ "crit": null })),
        ("crit a string", json!({ "crit": "exp" })),
        ("crit an array of numbers", json!({ "crit": [1] })),
    ];
    for (name, members) in cases {
        let token = with(attacks, &members);
        attacks.invalid(CRIT, name, token);
    }
    let cases = [
        ("b64 false", json!({ "b64": false })),
        ("b64 false, and critical", json!({ "b64": false, "crit": ["b64"] })),
        ("b64 true", json!({ "b64": true })),
        ("b64 true, and critical", json!({ "b64": true, "crit": ["b64"] })),
        ("b64 a string", json!({ "b64": "false" })),
    ];
    for (name, members) in cases {
        let token = with(attacks, &members);
        attacks.invalid(B64, name, token);
    }
    let header = attacks.good.clone().header("b64", false).header("crit", json!(["b64"])).header_text();
    let token = attacks.good.sign_message(&format!("{}.e30", base64url(header)));
    attacks.invalid(B64, "b64 false, and a payload that is not base64url", token);
}

/// The good token with these members in its header.
fn with(attacks: &AttackList, members: &Value) -> String {
    let members = members.as_object().expect("an object");
    let add =
        |token: TestToken, (name, member): (&String, &Value)| token.header(name.clone(), member.clone());
    members.iter().fold(attacks.good.clone(), add).sign()
}

fn types(attacks: &mut AttackList) {
    let types = [
        "JWT",
        "jwt",
        "dpop+jwt",
        "logout+jwt",
        "secevent+jwt",
        "id_token+jwt",
        "token-introspection+jwt",
        "application/jwt",
        "at+jwt ",
        "at+jwt; v=1",
        "at jwt",
        "at+jws",
        "text/at+jwt",
        "",
    ];
    for typ in types {
        let token = attacks.good.clone().header("typ", typ).sign();
        attacks.invalid(TYP, format!("typ `{typ}`"), token);
    }
    for (name, typ) in [("null", Value::Null), ("a number", json!(5)), ("an array", json!(["at+jwt"]))] {
        let token = attacks.good.clone().header("typ", typ).sign();
        attacks.invalid(TYP, format!("typ {name}"), token);
    }
    let token = attacks.good.clone().without_header("typ").sign();
    attacks.invalid(TYP, "typ missing", token);
}

/// Headers that two parsers read differently, or that are malformed.
fn texts(attacks: &mut AttackList) {
    let (good, claims) = (attacks.good.header_text(), attacks.good.claims_text());
    let open = good.trim_end_matches('}');
    let cases = [
        ("alg twice, the other one first", format!(r#"{{"alg":"none",{}"#, &good[1..])),
        ("alg twice, the other one last", format!(r#"{open},"alg":"none"}}"#)),
        ("alg twice, the same", format!(r#"{open},"alg":"ES256"}}"#)),
        ("alg twice, once with an escape", format!(r#"{open},"\u0061lg":"none"}}"#)),
        ("typ twice", format!(r#"{open},"typ":"JWT"}}"#)),
        ("kid twice", format!(r#"{open},"kid":"2"}}"#)),
        ("a member twice in a member", format!(r#"{open},"jwk":{{"k":"AA","k":"AQ"}}}}"#)),
        ("an array for a header", format!("[{good}]")),
        ("a string for a header", json!(good).to_string()),
        ("null for a header", "null".to_owned()),
        ("a number for a header", "1".to_owned()),
        ("an empty object for a header", "{}".to_owned()),
        ("text after the header's object", format!("{good} x")),
        ("a second object after the header's", format!("{good}{good}")),
        ("a header that is cut off", open.to_owned()),
        ("a comma at the end of the header", format!("{open},}}")),
        ("a comment in the header", format!("{open}/* */}}")),
        ("a byte order mark before the header", format!("\u{feff}{good}")),
        ("a NUL after the header's object", format!("{good}\0")),
        ("a header in single quotation marks", good.replace('"', "'")),
        ("half a surrogate pair in the header", format!(r#"{open},"x":"\ud800"}}"#)),
    ];
    for (name, header) in cases {
        let token = attacks.good.sign_parts(header, &claims);
        attacks.invalid(NAMES, name, token);
    }
    let not_utf8 = [open.as_bytes(), b",\"x\":\"\xff\"}"].concat();
    let token = attacks.good.sign_parts(not_utf8, &claims);
    attacks.invalid(UTF8, "a header that is not UTF-8", token);
}
