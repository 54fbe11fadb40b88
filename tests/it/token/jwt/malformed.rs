//! Tokens that are malformed or have a wrong signature.

use jsonwebtoken::EncodingKey;
use scopes_runtime::Algorithm;
use serde_json::{Value, json};

use super::issuer::{
    DECODER, HEADER, SECRET, accept, base64url, builder, claims, claims_with, refuse, refuse_all, secret_key,
    sign, sign_message,
};

const WRONG_SIGNATURE: &str = "the signature is not from a key of the issuer";

#[tokio::test]
async fn a_token_has_three_parts_that_are_not_empty() {
    let token = sign(HEADER, claims().to_string());
    accept(&DECODER, &token).await;
    let (message, signature) = token.rsplit_once('.').expect("a dot");
    let (header, payload) = message.split_once('.').expect("a dot");
    let not_three = "it is not a signed JWT, which has three parts between dots";
    let empty = "one of its three parts is empty";
    let cases = [
        (String::new(), not_three),
        (header.to_owned(), not_three),
        (message.to_owned(), not_three),
        (format!("{token}."), not_three),
        (format!(".{token}"), not_three),
        (format!("{token}.AA"), not_three),
        (format!("{header}.AA.AA.{payload}.{signature}"), not_three),
        (r#"{"payload":"e30","signatures":[]}"#.to_owned(), not_three),
        ("..".to_owned(), empty),
        (format!("{message}."), empty),
        (format!(".{payload}.{signature}"), empty),
        (format!("{header}..{signature}"), empty),
    ];
    refuse_all(&DECODER, cases).await;
}

#[tokio::test]
async fn each_part_is_canonical_base64url() {
    let token = sign(HEADER, claims().to_string());
    accept(&DECODER, &token).await;
    let (message, signature) = token.rsplit_once('.').expect("a dot");
    let (header, payload) = message.split_once('.').expect("a dot");
    // For 32 bytes the last two bits of base64 are unused and must be zero.
    let last = signature.chars().last().expect("a character");
    let next = char::from(last as u8 + 1);
    let respelt = format!("{}{next}", &signature[..signature.len() - 1]);
    let of_header = "the header is not base64url without padding";
    let of_payload = "the payload is not base64url without padding";
    let of_signature = "the signature is not base64url without padding";
    let sign_message =
        |message: &str| sign_message(Algorithm::HS256, &EncodingKey::from_secret(&SECRET), message);
    let cases = [
        (format!(" {token}"), of_header),
        (format!("{token}\n"), of_signature),
        (format!("{token} "), of_signature),
        (format!("{token}="), of_signature),
        (format!("{token}é"), of_signature),
        (format!("{message}.{respelt}"), of_signature),
        (sign_message(&format!("{header}=.{payload}")), of_header),
        (sign_message(&format!("{header}\n.{payload}")), of_header),
        (sign_message(&format!("+/{header}.{payload}")), of_header),
        (sign_message(&format!("{header}.{payload}=")), of_payload),
        (sign_message(&format!("{header}. {payload}")), of_payload),
    ];
    refuse_all(&DECODER, cases).await;
}

#[tokio::test]
async fn a_changed_token_or_signature_is_refused() {
    let token = sign(HEADER, claims().to_string());
    accept(&DECODER, &token).await;
    let (message, signature) = token.rsplit_once('.').expect("a dot");
    let (header, _) = message.split_once('.').expect("a dot");
    let admin = base64url(claims_with("scope", "admin").as_bytes());
    let respaced = base64url(HEADER.replace(',', ", ").as_bytes());
    let (first, rest) = signature.split_at(1);
    let changed = if first == "A" { "B" } else { "A" };
    let cases = [
        (format!("{header}.{admin}.{signature}"), WRONG_SIGNATURE),
        (format!("{respaced}.{}.{signature}", &message[header.len() + 1..]), WRONG_SIGNATURE),
        (format!("{message}.{changed}{rest}"), WRONG_SIGNATURE),
        (format!("{message}.{}", &signature[..40]), WRONG_SIGNATURE),
        (format!("{message}.{}", &signature[3..]), WRONG_SIGNATURE),
        (format!("{message}.AAAA{signature}"), WRONG_SIGNATURE),
        (format!("{message}.AA"), WRONG_SIGNATURE),
    ];
    refuse_all(&DECODER, cases).await;
}

#[tokio::test]
async fn malformed_headers_are_refused() {
    let sign = |header: &str| sign(header, claims().to_string());
    accept(&DECODER, &sign(HEADER)).await;
    accept(&DECODER, &sign(r#" { "typ" : "at+jwt", "zip": null, "alg" : "HS256" } "#)).await;
    let (algorithm, no_object) = (
        "the header's `alg` is not the name of a signature algorithm that is supported: it is {alg}",
        "the header is not a JSON object",
    );
    let (repeated, no_key) = (
        "the header repeats a member name",
        "no key is for the header's `alg`, {alg}: the keys are for `HS256`",
    );
    let (kid, no_typ) = (
        "the header's `kid` is not a string",
        "the header's `typ` is {typ}, not `at+jwt` (set the issuer's `TokenProfile`, or call `allow_generic_typ`)",
    );
    let other_typ = "the header's `typ` is that of another kind of JWT, not `at+jwt`: it is {typ}";
    let (crit, b64) =
        ("the header has `crit`, which is not supported", "the header has `b64`, which is not supported");
    let cases = [
        (r#"{"alg":"none","typ":"at+jwt"}"#, algorithm),
        (r#"{"alg":"None","typ":"at+jwt"}"#, algorithm),
        (r#"{"alg":"NONE","typ":"at+jwt"}"#, algorithm),
        (r#"{"alg":"nOnE","typ":"at+jwt"}"#, algorithm),
        (r#"{"alg":"hs256","typ":"at+jwt"}"#, algorithm),
        (r#"{"alg":"HS256 ","typ":"at+jwt"}"#, algorithm),
        (r#"{"alg":"ES512","typ":"at+jwt"}"#, algorithm),
        (r#"{"alg":"","typ":"at+jwt"}"#, algorithm),
        (r#"{"alg":null,"typ":"at+jwt"}"#, algorithm),
        (r#"{"alg":["HS256"],"typ":"at+jwt"}"#, algorithm),
        (r#"{"typ":"at+jwt"}"#, algorithm),
        (r#"{"alg":"HS384","typ":"at+jwt"}"#, no_key),
        (r#"{"alg":"RS256","typ":"at+jwt"}"#, no_key),
        (r#"{"alg":"HS256","typ":"at+jwt","kid":5}"#, kid),
        (r#"{"alg":"HS256","typ":"at+jwt","kid":null}"#, kid),
        (r#"{"alg":"HS256","typ":"at+jwt","crit":["exp"]}"#, crit),
        (r#"{"alg":"HS256","typ":"at+jwt","crit":[]}"#, crit),
        (r#"{"alg":"HS256","typ":"at+jwt","crit":null}"#, crit),
        (r#"{"alg":"HS256","typ":"at+jwt","crit":["b64"],"b64":true}"#, crit),
        (r#"{"alg":"HS256","typ":"at+jwt","b64":true}"#, b64),
        (r#"{"alg":"HS256","typ":"at+jwt","b64":false}"#, b64),
        (r#"{"alg":"HS256"}"#, no_typ),
        (r#"{"alg":"HS256","typ":"JWT"}"#, no_typ),
        (r#"{"alg":"HS256","typ":"jwt"}"#, no_typ),
        (r#"{"alg":"HS256","typ":null}"#, other_typ),
        (r#"{"alg":"HS256","typ":5}"#, other_typ),
        (r#"{"alg":"HS256","typ":["at+jwt"]}"#, other_typ),
        (r#"{"alg":"HS256","typ":""}"#, other_typ),
        (r#"{"alg":"HS256","typ":"at+jwt "}"#, other_typ),
        (r#"{"alg":"HS256","typ":"application/jwt"}"#, other_typ),
        (r#"{"alg":"HS256","typ":"dpop+jwt"}"#, other_typ),
        (r#"{"alg":"HS256","typ":"logout+jwt"}"#, other_typ),
        (r#"{"alg":"HS256","typ":"secevent+jwt"}"#, other_typ),
        (r#"{"alg":"HS256","typ":"at+jwt","alg":"HS256"}"#, repeated),
        (r#"{"alg":"none","typ":"at+jwt","alg":"HS256"}"#, repeated),
        (r#"{"alg":"HS256","typ":"at+jwt","\u0061lg":"none"}"#, repeated),
        (r#"{"alg":"HS256","typ":"at+jwt","jwk":{"k":"AA","k":"AQ"}}"#, repeated),
        (r#"["HS256"]"#, no_object),
        ("null", no_object),
        ("", "one of its three parts is empty"),
        (r#"{"alg":"HS256","typ":"at+jwt""#, no_object),
        (r#"{"alg":"HS256","typ":"at+jwt"} x"#, no_object),
        (r#"{"alg":"HS256","typ":"at+jwt",}"#, no_object),
        ("\u{feff}{}", no_object),
    ];
    for (header, reason) in cases {
        let members = serde_json::from_str::<Value>(header).unwrap_or_default();
        let shown = |name: &str| match members.get(name) {
            None => "missing".to_owned(),
            Some(Value::String(text)) => format!("`{text}`"),
            Some(_) => "not a string".to_owned(),
        };
        let reason = reason.replace("{alg}", &shown("alg")).replace("{typ}", &shown("typ"));
        assert_eq!(refuse(&DECODER, &sign(header)).await, reason, "{header}");
    }
    let long = sign(&json!({ "alg": "HS256", "typ": format!("`\u{1b}{}", "x".repeat(1000)) }).to_string());
    let reason = refuse(&DECODER, &long).await;
    assert!(reason.ends_with("xxx…`") && reason.contains(r": it is `\`\u{1b}xxx"), "{reason}");
}

#[tokio::test]
async fn an_unknown_kid_is_refused() {
    let decoder = builder().key(secret_key(Algorithm::HS256).with_kid("a")).build().expect("complete");
    let sign = |kid: &str| {
        sign(json!({ "alg": "HS256", "typ": "at+jwt", "kid": kid }).to_string(), claims().to_string())
    };
    accept(&decoder, &sign("a")).await;
    for kid in ["A", "b", "", "a "] {
        let reason = format!("the decoder has no key for `HS256` with the token's `kid` `{kid}`");
        assert_eq!(refuse(&decoder, &sign(kid)).await, reason);
    }
}

#[tokio::test]
async fn malformed_payloads_are_refused() {
    let claims = claims().to_string();
    accept(&DECODER, &sign(HEADER, &claims)).await;
    let with = |member: &str| format!("{},{member}}}", claims.trim_end_matches('}')).into_bytes();
    accept(&DECODER, &sign(HEADER, with(r#""x":{"a":1,"b":{"a":1}}"#))).await;
    accept(&DECODER, &sign(HEADER, with(&nested(126)))).await;
    let (no_object, repeated) = ("the payload is not a JSON object", "the payload repeats a member name");
    let not_utf8 = [&claims.as_bytes()[..claims.len() - 1], b",\"x\":\"\xff\"}"].concat();
    let cases = [
        (not_utf8, no_object),
        (with(r#""x":"\ud800""#), no_object),
        (with(r#""x":1e400"#), no_object),
        (with(r#""x":NaN"#), no_object),
        (with(&nested(127)), no_object),
        (with(&nested(200)), no_object),
        (with(&nested(6000)), no_object),
        (format!("[{claims}]").into_bytes(), no_object),
        (format!("{claims}{claims}").into_bytes(), no_object),
        (json!(claims).to_string().into_bytes(), no_object),
        (b"null".to_vec(), no_object),
        (with(r#""scope":"admin""#), repeated),
        (with(r#""scope":"me items:write""#), repeated),
        (with(r#""sc\u006fpe":"admin""#), repeated),
        (with(r#""x":{"a":1,"a":1}"#), repeated),
        (with(r#""x":[[{"b":{"a":1,"a":2}}]]"#), repeated),
    ];
    refuse_all(&DECODER, cases.map(|(payload, reason)| (sign(HEADER, payload), reason))).await;
}

#[tokio::test]
async fn a_repeated_name_is_found_among_many() {
    let claims = claims().to_string();
    let with =
        |members: &str| sign(HEADER, format!("{},{members}}}", claims.strip_suffix('}').expect("an object")));
    for count in [1, 7, 8, 9, 15, 16, 17, 18, 40, 1000] {
        let names: Vec<_> = (0..count).map(|number| format!("n{number}")).collect();
        let object = |repeated: &str| {
            let members: Vec<_> = names.iter().map(|name| format!(r#""{name}":0"#)).collect();
            format!("{}{repeated}", members.join(","))
        };
        accept(&DECODER, &with(&object(""))).await;
        accept(&DECODER, &with(&format!(r#""x":{{{}}}"#, object("")))).await;
        for name in [&*names[0], &names[count / 2], &names[count - 1], r"\u006e0"] {
            let repeated = object(&format!(r#","{name}":1"#));
            let nested = format!(r#""x":[{{{repeated}}}]"#);
            for token in [with(&repeated), with(&nested)] {
                refuse_all(&DECODER, [(token, "the payload repeats a member name")]).await;
            }
        }
    }
}

/// serde_json reserves these names with some of its features. `raw_value` is enabled here, as in applications with a
/// dependency that enables it.
#[tokio::test]
async fn reserved_member_names_of_serde_json_are_refused() {
    let raw = r#""x":{"$serde_json::private::RawValue":"{\"p\":1,\"q\":2}"}"#;
    let repeated_sub = format!(r#""sub":"b",{raw}"#);
    let claims = claims().to_string();
    let with = |member: &str| sign(HEADER, format!("{},{member}}}", claims.trim_end_matches('}')));
    let (repeated, reserved) =
        ("the payload repeats a member name", "the payload has a member name that serde_json reserves");
    let cases = [
        (with(&repeated_sub), repeated),
        (with(&format!(r#"{raw},"sub":"b""#)), reserved),
        (with(raw), reserved),
        (with(r#""$serde_json::private::RawValue":"1""#), reserved),
        (with(r#""x":[{"a":1,"$serde_json::private::RawValue":"1"}]"#), reserved),
        (with(r#""x":{"\u0024serde_json::private::RawValue":"1"}"#), reserved),
        (with(r#""x":{"$serde_json::private::Number":"1"}"#), reserved),
        (with(r#""x":{"$serde_json::private::Number":1}"#), reserved),
        (with(r#""x":{"$serde_json::private::Number":"1","a":1}"#), reserved),
        (with(r#""x":{"a":1,"$serde_json::private::Number":"1"}"#), reserved),
        (with(r#""exp":{"$serde_json::private::Number":"4102444800"}"#), repeated),
    ];
    refuse_all(&DECODER, cases).await;
    let header = |members: &str| sign(format!(r#"{{"typ":"at+jwt",{members}}}"#), &claims);
    let (repeated, reserved) =
        ("the header repeats a member name", "the header has a member name that serde_json reserves");
    let cases = [
        (header(&format!(r#""alg":"none","alg":"HS256",{raw}"#)), repeated),
        (header(&format!(r#""alg":"HS256","alg":"HS256",{raw}"#)), repeated),
        (header(&format!(r#"{raw},"alg":"none","alg":"HS256""#)), reserved),
        (header(&format!(r#""alg":"HS256",{raw}"#)), reserved),
    ];
    refuse_all(&DECODER, cases).await;
}

#[tokio::test]
async fn claims_keep_numbers_of_every_size() {
    for number in ["0", "1", "-1", "1.5", "-1.5e10", "18446744073709551615", "18446744073709551616", "1e300"]
    {
        let payload =
            format!(r#"{},"x":{number},"y":[{number}]}}"#, claims().to_string().trim_end_matches('}'));
        let token = accept(&DECODER, &sign(HEADER, payload)).await;
        let claims: serde_json::Map<String, serde_json::Value> = token.claims().expect("an object");
        let expected: serde_json::Value = serde_json::from_str(number).expect("a number");
        assert_eq!((&claims["x"], &claims["y"][0]), (&expected, &expected), "{number}");
    }
    let exp = format!("{}.75", scopes_tests::now() + 300);
    let payload = claims().to_string().replace(&(claims()["exp"].to_string()), &exp);
    accept(&DECODER, &sign(HEADER, payload)).await;
}

fn nested(depth: usize) -> String {
    format!(r#""x":{}{}"#, "[".repeat(depth), "]".repeat(depth))
}

#[tokio::test]
async fn tokens_over_16_kib_are_refused() {
    let padded = |header: usize, payload: usize| {
        let header = json!({ "alg": "HS256", "typ": "at+jwt", "pad": "h".repeat(header) }).to_string();
        sign(header, claims_with("pad", "p".repeat(payload)))
    };
    // One base64 part cannot have every length; two parts with paddings can.
    let of_length = |length: usize| {
        let paddings = (0..3).flat_map(|header| (11_900..12_200).map(move |payload| (header, payload)));
        let mut tokens = paddings.map(|(header, payload)| padded(header, payload));
        tokens.find(|token| token.len() == length).expect("a token of that length")
    };
    accept(&DECODER, &of_length(16 * 1024)).await;
    let reason = refuse(&DECODER, &of_length(16 * 1024 + 1)).await;
    assert_eq!(reason, "it is longer than 16384 bytes");
    assert_eq!(refuse(&DECODER, &".".repeat(1 << 20)).await, reason);
}
