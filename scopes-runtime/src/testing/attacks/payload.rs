//! Payloads that are not a claims set, or that repeat a claim.

use serde_json::json;

use super::attack::AttackList;

const CLAIMS_SET: &str = "RFC 7519 section 7.2";
const UTF8: &str = "RFC 8725 section 3.7";
const UNIQUE: &str = "RFC 7519 section 4";

pub(super) fn add(attacks: &mut AttackList) {
    let good = attacks.good.claims_text();
    let open = good.trim_end_matches('}');
    let with = |member: &str| format!("{open},{member}}}");
    let first = |member: &str| format!("{{{member},{}", &good[1..]);
    let cases = [
        ("scope twice", with(r#""scope":"admin""#)),
        ("scope twice, the other one first", first(r#""scope":"admin""#)),
        ("scope twice, once with an escape", with(r#""sc\u006fpe":"admin""#)),
        ("sub twice", with(r#""sub":"admin""#)),
        ("iss twice", with(r#""iss":"https://other.test""#)),
        ("aud twice", with(r#""aud":"https://other.test""#)),
        ("exp twice, a later one", with(r#""exp":99999999999"#)),
        ("exp twice, an earlier one first", first(r#""exp":1"#)),
        ("an unknown claim twice", with(r#""x":1,"x":1"#)),
        ("a member twice in a claim", with(r#""x":{"a":1,"a":2}"#)),
        ("a member twice deep in a claim", with(r#""x":[[{"b":{"a":1,"a":2}}]]"#)),
    ];
    for (name, payload) in cases {
        let token = attacks.good.sign_parts(attacks.good.header_text(), payload);
        attacks.invalid(UNIQUE, name, token);
    }
    let cases = [
        ("an array for a payload", format!("[{good}]")),
        ("a string for a payload", json!(good).to_string()),
        ("null for a payload", "null".to_owned()),
        ("a boolean for a payload", "true".to_owned()),
        ("an empty object for a payload", "{}".to_owned()),
        ("a token for a payload", attacks.good.sign()),
        ("text after the payload's object", format!("{good} x")),
        ("a second object after the payload's", format!("{good}{good}")),
        ("a payload that is cut off", open.to_owned()),
        ("a comma at the end of the payload", format!("{open},}}")),
        ("a comment in the payload", format!("{open}/* */}}")),
        ("a byte order mark before the payload", format!("\u{feff}{good}")),
        ("a NUL after the payload's object", format!("{good}\0")),
        ("a payload in single quotation marks", good.replace('"', "'")),
        ("a claim without quotation marks", with("x:1")),
        ("half a surrogate pair in a claim", with(r#""x":"\ud800""#)),
        ("a line break in a claim", with("\"x\":\"\n\"")),
        ("a claim that is NaN", with(r#""x":NaN"#)),
        ("a claim beyond every float", with(r#""x":1e400"#)),
        ("a claim in hexadecimal", with(r#""x":0x10"#)),
        ("a claim with a zero before it", with(r#""x":01"#)),
        ("a form for a payload", "iss=https://issuer.test&scope=admin".to_owned()),
    ];
    for (name, payload) in cases {
        let token = attacks.good.sign_parts(attacks.good.header_text(), payload);
        attacks.invalid(CLAIMS_SET, name, token);
    }
    let not_utf8 = [open.as_bytes(), b",\"x\":\"\xff\"}"].concat();
    let utf16: Vec<u8> = good.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let too_long = [open.as_bytes(), b",\"x\":\"\xc0\xaf\"}"].concat();
    for (name, payload) in [
        ("a payload that is not UTF-8", not_utf8),
        ("a payload in UTF-16", utf16),
        ("a character in UTF-8 that is too long", too_long),
        ("a payload of zero bytes", vec![0; 64]),
    ] {
        let token = attacks.good.sign_parts(attacks.good.header_text(), payload);
        attacks.invalid(UTF8, name, token);
    }
}
