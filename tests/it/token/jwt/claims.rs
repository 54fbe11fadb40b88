//! Claims that are refused. Each token differs from an accepted one in one claim.

use scopes_tests::now;
use serde_json::{Value, json};

use super::issuer::{
    AUDIENCE, DECODER, HEADER, ISSUER, accept, claims, claims_with, claims_without, refuse, refuse_all, sign,
};

async fn refuse_values(name: &str, reason: &str, values: impl IntoIterator<Item = Value>) {
    accept(&DECODER, &sign(HEADER, claims().to_string())).await;
    refuse_all(&DECODER, values.into_iter().map(|value| (sign(HEADER, claims_with(name, value)), reason)))
        .await;
}

async fn refuse_absent(name: &str) {
    accept(&DECODER, &sign(HEADER, claims().to_string())).await;
    let reason = refuse(&DECODER, &sign(HEADER, claims_without(name))).await;
    assert_eq!(reason, format!("the claim `{name}` is missing"));
}

#[tokio::test]
async fn exp_must_be_present_and_in_the_future() {
    refuse_absent("exp").await;
    let later = now() + 300;
    let no_moments = [
        json!(later.to_string()),
        Value::Null,
        json!(true),
        json!([later]),
        json!({ "exp": later }),
        json!(-1),
        json!(-1e300),
        json!(1e300),
        json!(u64::MAX),
        json!(i64::MAX),
    ];
    refuse_values("exp", "the claim `exp` is not a NumericDate (RFC 7519 section 2)", no_moments).await;
    let past = [json!(now() - 1), json!(now() as f64 - 0.5), json!(0), json!(-0.0), json!(1e-300)];
    refuse_values("exp", "it has expired: the claim `exp` was N s ago", past).await;
    let huge = claims().to_string().replace(&claims()["exp"].to_string(), "1e400");
    assert_eq!(refuse(&DECODER, &sign(HEADER, huge)).await, "the payload is not a JSON object");
}

/// A token must not be accepted "on or after" `exp` (RFC 7519 section 4.1.4).
#[tokio::test]
async fn a_token_expires_at_the_second_of_exp() {
    loop {
        let second = now();
        let reason = refuse(&DECODER, &sign(HEADER, claims_with("exp", second))).await;
        assert_eq!(reason, "it has expired: the claim `exp` was N s ago");
        // Otherwise the token was refused in a later second.
        if now() == second {
            break;
        }
    }
}

#[tokio::test]
async fn nbf_must_not_be_in_the_future() {
    let early = [json!(now() + 60), json!(now() as f64 + 60.5), json!(9e15)];
    refuse_values("nbf", "it is not valid yet: the claim `nbf` is N s in the future", early).await;
    let no_moments =
        [json!(now().to_string()), Value::Null, json!([0]), json!(-1), json!(1e300), json!(u64::MAX)];
    refuse_values("nbf", "the claim `nbf` is not a NumericDate (RFC 7519 section 2)", no_moments).await;
}

#[tokio::test]
async fn iat_must_be_a_number() {
    let no_numbers = [json!(now().to_string()), Value::Null, json!([now()]), json!({})];
    refuse_values("iat", "the claim `iat` is not a number", no_numbers).await;
}

#[tokio::test]
async fn iss_must_be_the_configured_issuer() {
    refuse_absent("iss").await;
    let no_strings = [
        json!([ISSUER]),
        json!(["https://other.example", ISSUER]),
        json!({ "0": ISSUER }),
        json!(5),
        Value::Null,
    ];
    let reason = "the claim `iss` is not `https://issuer.example`, the issuer that is configured, but";
    refuse_values("iss", &format!("{reason} no string"), no_strings).await;
    let long = format!("x{}", "ä".repeat(200));
    for (iss, shown) in [
        ("https://other.example", "https://other.example"),
        ("https://issuer.example/", "https://issuer.example/"),
        ("https://Issuer.example", "https://Issuer.example"),
        (" https://issuer.example", " https://issuer.example"),
        ("", ""),
        // Text for a terminal, and for a second line of a log.
        ("\x1b[2J\n\u{202e}", r"\u{1b}[2J\n\u{202e}"),
        (&long, &format!("x{}…", "ä".repeat(127))),
    ] {
        refuse_values("iss", &format!("{reason} `{shown}`"), [json!(iss)]).await;
    }
}

#[tokio::test]
async fn aud_must_contain_the_configured_audience() {
    refuse_absent("aud").await;
    let none =
        "the claim `aud` names none of the audiences that are configured: `https://api.example`; it names";
    for (aud, shown) in [
        (json!("https://other.example"), "https://other.example"),
        (json!("https://api.example/"), "https://api.example/"),
        (json!("https://API.example"), "https://API.example"),
        (json!(""), ""),
        (json!([]), ""),
        (
            json!(["https://other.example", "https://third.example"]),
            "https://other.example`, `https://third.example",
        ),
        (json!([format!("{AUDIENCE} https://other.example")]), "https://api.example https://other.example"),
        (json!("\x1b[2J\n"), r"\u{1b}[2J\n"),
        (json!(vec!["a"; 1000]), "a`, `a`, `a`, `a"),
        (json!(vec!["a".repeat(200); 2]), &format!("{}`, `{}…", "a".repeat(200), "a".repeat(52))),
    ] {
        refuse_values("aud", &format!("{none} `{shown}`"), [aud]).await;
    }
    let no_strings = [
        json!(5),
        Value::Null,
        json!({ "0": AUDIENCE }),
        json!([AUDIENCE, 5]),
        json!([AUDIENCE, null]),
        json!([[AUDIENCE]]),
    ];
    refuse_values("aud", "the claim `aud` is neither a string nor an array of strings", no_strings).await;
}

#[tokio::test]
async fn sub_client_id_and_jti_must_be_strings() {
    for name in ["sub", "client_id", "jti"] {
        let reason = format!("the claim `{name}` is not a string");
        refuse_values(name, &reason, [json!(5), Value::Null, json!(["alice"]), json!({})]).await;
    }
}

#[tokio::test]
async fn bound_tokens_and_id_tokens_are_refused() {
    let reason = "the claim `cnf` binds the token to a sender, and the decoder refuses such tokens (`allow_bound_tokens` of its \
                 builder accepts them)";
    refuse_values("cnf", reason, [json!({ "jkt": "x" }), json!({ "x5t#S256": "x" }), json!({}), Value::Null])
        .await;
    for name in ["nonce", "at_hash"] {
        let reason = format!("the claim `{name}` shows an ID token, not an access token");
        refuse_values(name, &reason, [json!("x"), Value::Null]).await;
    }
}

#[tokio::test]
async fn scope_must_be_a_string() {
    let reason = "the claim `scope` is not a string (`scope_claim` sets another type)";
    refuse_values("scope", reason, [json!(["me"]), json!([]), json!(5), Value::Null, json!({ "me": true })])
        .await;
}

#[tokio::test]
async fn reasons_contain_no_claim_values() {
    let token = sign(HEADER, claims_with("sub", json!({ "name": "alice's secret" })));
    assert!(!refuse(&DECODER, &token).await.contains("alice"));
    let token = sign(HEADER, json!("alice's secret").to_string());
    assert!(!refuse(&DECODER, &token).await.contains("alice"));
}
