//! Settings that make the decoder accept more tokens.

use std::time::Duration;

use scopes_runtime::{Algorithm, JwtDecoder, JwtDecoderBuilder, ScopeClaim};
use scopes_tests::now;
use serde_json::{Value, json};

use super::issuer::{
    DECODER, HEADER, accept, builder, claims, claims_with, claims_without, refuse, refuse_all, secret_key,
    sign,
};

fn build(builder: JwtDecoderBuilder) -> JwtDecoder {
    builder.key(secret_key(Algorithm::HS256)).build().expect("a complete decoder")
}

#[tokio::test]
async fn leeway_applies_to_exp_and_nbf() {
    let lenient = build(builder().leeway(Duration::from_secs(60)));
    for (name, at, reason) in [
        ("exp", now() - 30, "it has expired: the claim `exp` was N s ago"),
        ("nbf", now() + 30, "it is not valid yet: the claim `nbf` is N s in the future"),
    ] {
        let token = sign(HEADER, claims_with(name, at));
        accept(&lenient, &token).await;
        assert_eq!(refuse(&DECODER, &token).await, reason);
    }
    let cases = [
        (
            sign(HEADER, claims_with("exp", now() - 60)),
            "it has expired: the claim `exp` was N s ago, and the leeway is 60 s",
        ),
        (
            sign(HEADER, claims_with("nbf", now() + 90)),
            "it is not valid yet: the claim `nbf` is N s in the future, and the leeway is 60 s",
        ),
        (sign(HEADER, claims_without("exp")), "the claim `exp` is missing"),
    ];
    refuse_all(&lenient, cases).await;
}

#[tokio::test]
async fn allow_generic_typ_accepts_missing_typ_and_jwt() {
    let lenient = build(builder().allow_generic_typ());
    let sign = |header: &str| sign(header, claims().to_string());
    accept(&lenient, &sign(HEADER)).await;
    for (header, typ) in [
        (r#"{"alg":"HS256"}"#, "missing"),
        (r#"{"alg":"HS256","typ":"JWT"}"#, "`JWT`"),
        (r#"{"alg":"HS256","typ":"jwt"}"#, "`jwt`"),
    ] {
        accept(&lenient, &sign(header)).await;
        let reason = refuse(&DECODER, &sign(header)).await;
        let remedy = "set the issuer's `TokenProfile`, or call `allow_generic_typ`";
        assert_eq!(reason, format!("the header's `typ` is {typ}, not `at+jwt` ({remedy})"));
    }
    for (typ, shown) in [
        (r#""dpop+jwt""#, "`dpop+jwt`"),
        (r#""logout+jwt""#, "`logout+jwt`"),
        (r#""application/jwt""#, "`application/jwt`"),
        (r#""""#, "``"),
        ("null", "not a string"),
        ("5", "not a string"),
    ] {
        let reason = refuse(&lenient, &sign(&format!(r#"{{"alg":"HS256","typ":{typ}}}"#))).await;
        let other = "the header's `typ` is that of another kind of JWT, not `at+jwt`";
        assert_eq!(reason, format!("{other}: it is {shown}"));
    }
    let id_token = super::issuer::sign(r#"{"alg":"HS256"}"#, claims_with("nonce", "n"));
    let reason = refuse(&lenient, &id_token).await;
    assert_eq!(reason, "the claim `nonce` shows an ID token, not an access token");
}

/// Returns a decoder for the claim, and a token with that claim and another `scope`.
fn with(claim: ScopeClaim, name: &str, value: Value) -> (JwtDecoder, String) {
    let mut claims = claims();
    claims["scope"] = json!("decoy");
    claims[name] = value;
    (build(builder().scope_claim(claim)), sign(HEADER, claims.to_string()))
}

#[tokio::test]
async fn scope_claim_reads_another_claim() {
    let realm = || ScopeClaim::array("roles").nested_in(["realm_access"]);
    let deep = || ScopeClaim::string("scp").nested_in(["https://a.example/b", "c"]);
    for (claim, name, value, scopes) in [
        (ScopeClaim::default(), "scope", json!("me items"), "me items"),
        (ScopeClaim::string("scp"), "scp", json!("me items"), "me items"),
        (ScopeClaim::string("scp"), "scp", json!(""), ""),
        (ScopeClaim::string("scp"), "other", json!("me"), ""),
        (ScopeClaim::array("scope"), "scope", json!(["me", "items"]), "me items"),
        (ScopeClaim::array("scp"), "scp", json!(["me", "items"]), "me items"),
        (ScopeClaim::array("permissions"), "permissions", json!(["read:me"]), "read:me"),
        (ScopeClaim::array("permissions"), "permissions", json!([]), ""),
        (ScopeClaim::array("permissions"), "permissions", json!(["me items", "", "a\"b", "c"]), "c"),
        (ScopeClaim::array("permissions"), "other", json!(["me"]), ""),
        (realm(), "realm_access", json!({ "roles": ["me", "items"] }), "me items"),
        (realm(), "realm_access", json!({ "other": ["me"] }), ""),
        (realm(), "roles", json!(["me"]), ""),
        (realm(), "realm_access.roles", json!(["me"]), ""),
        (deep(), "https://a.example/b", json!({ "c": { "scp": "me items" } }), "me items"),
        (deep(), "https://a.example/b", json!({}), ""),
    ] {
        let (decoder, token) = with(claim, name, value);
        assert_eq!(accept(&decoder, &token).await.scopes().to_string(), scopes, "{decoder:?} {token}");
    }
}

#[tokio::test]
async fn a_scope_claim_of_another_type_is_refused() {
    let no_list = "the claim `scp` is not a string (`scope_claim` sets another type)";
    let no_array = "the claim `scp` is not an array of strings (`scope_claim` sets another type)";
    let no_object = "the claim `realm_access` is not an object";
    let realm = || ScopeClaim::array("scp").nested_in(["realm_access"]);
    for (claim, name, value, reason) in [
        (ScopeClaim::string("scp"), "scp", json!(["me"]), no_list),
        (ScopeClaim::string("scp"), "scp", Value::Null, no_list),
        (ScopeClaim::array("scp"), "scp", json!("me"), no_array),
        (ScopeClaim::array("scp"), "scp", json!({ "0": "me" }), no_array),
        (ScopeClaim::array("scp"), "scp", json!(["me", 5]), no_array),
        (ScopeClaim::array("scp"), "scp", json!(["me", null]), no_array),
        (ScopeClaim::array("scp"), "scp", json!([["me"]]), no_array),
        (ScopeClaim::array("scp"), "scp", Value::Null, no_array),
        (realm(), "realm_access", json!({ "scp": "me" }), no_array),
        (realm(), "realm_access", json!(["scp"]), no_object),
        (realm(), "realm_access", json!("scp"), no_object),
        (realm(), "realm_access", Value::Null, no_object),
    ] {
        let (decoder, token) = with(claim, name, value);
        assert_eq!(refuse(&decoder, &token).await, reason);
    }
}
