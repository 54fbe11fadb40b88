//! Roles and groups that are mapped to scopes, and decoders that replace the scopes.

use scopes_runtime::{
    Algorithm, DecodeFuture, GrantedScopes, JwtDecoder, JwtDecoderBuilder, ScopeClaim, TokenDecoder,
};
use serde_json::json;

use super::issuer::{HEADER, accept, builder, claims_with, secret_key, sign};

fn decoder_builder() -> JwtDecoderBuilder {
    builder().key(secret_key(Algorithm::HS256))
}

fn groups() -> ScopeClaim {
    ScopeClaim::array("groups").map_values([
        ("/staff", "items"),
        ("/admins", "items:write users"),
        ("/staff", "me"),
        ("Domain Users", "me"),
    ])
}

async fn granted(claim: ScopeClaim, name: &str, value: serde_json::Value) -> GrantedScopes {
    let decoder = decoder_builder().scope_claim(claim).build().expect("a decoder");
    accept(&decoder, &sign(HEADER, claims_with(name, value))).await.scopes().clone()
}

#[tokio::test]
async fn each_group_grants_its_scopes() {
    let cases = [
        (json!(["/staff"]), "items me"),
        (json!(["/admins", "/staff"]), "items:write users items me"),
        (json!(["Domain Users"]), "me"),
        (json!([]), ""),
    ];
    for (value, expected) in cases {
        assert_eq!(granted(groups(), "groups", value).await, GrantedScopes::from_list(expected));
    }
}

#[tokio::test]
async fn a_value_without_an_entry_grants_nothing() {
    let value = json!(["items", "users", "/STAFF", "/staff/", "/staff /admins", ""]);
    assert_eq!(granted(groups(), "groups", value).await, GrantedScopes::default());
    let none = ScopeClaim::array("groups").map_values::<String, String>([]);
    assert_eq!(granted(none, "groups", json!(["items"])).await, GrantedScopes::default());
}

#[tokio::test]
async fn a_string_of_roles_is_split_at_spaces() {
    let claim = ScopeClaim::string("role").map_values([("editor", "items:write"), ("reader", "items")]);
    assert_eq!(granted(claim, "role", json!("reader other editor")).await.to_string(), "items items:write");
}

#[tokio::test]
async fn a_fallback_claim_has_its_own_entries() {
    let claim = groups().or_else(ScopeClaim::string("scope"));
    assert_eq!(granted(claim.clone(), "scope", json!("/staff items")).await.to_string(), "/staff items");
    assert_eq!(granted(claim, "groups", json!(["/staff"])).await.to_string(), "items me");
}

#[tokio::test]
async fn may_grant_limits_the_mapped_scopes() {
    let decoder = decoder_builder().scope_claim(groups()).may_grant(["users"]).build().expect("a decoder");
    let token = accept(&decoder, &sign(HEADER, claims_with("groups", json!(["/admins", "/staff"])))).await;
    assert_eq!(token.scopes().to_string(), "users");
}

#[tokio::test]
async fn replacing_the_scopes_keeps_everything_else() {
    struct Replaced(JwtDecoder);

    impl TokenDecoder for Replaced {
        fn decode<'a>(&'a self, token: &'a str) -> DecodeFuture<'a> {
            Box::pin(async move { self.0.decode(token).await?.with_scopes(GrantedScopes::from_list("me")) })
        }
    }

    let decoder = decoder_builder().build().expect("a decoder");
    let signed = sign(HEADER, claims_with("client_id", json!("app")));
    let (own, replaced) =
        (accept(&decoder, &signed).await, Replaced(decoder.clone()).decode(&signed).await.expect("a token"));
    assert_eq!(replaced.scopes().to_string(), "me");
    assert_eq!(replaced.client_id(), Some("app"));
    assert_eq!(replaced.subject(), own.subject());
    assert_eq!(replaced.expires_at(), own.expires_at());
    let claims = |token: &scopes_runtime::AccessToken| token.claims::<serde_json::Value>().expect("claims");
    assert_eq!(claims(&replaced), claims(&own));
    // The cached token of the inner decoder keeps its scopes.
    assert_eq!(accept(&decoder, &signed).await.scopes(), own.scopes());

    let too_many: GrantedScopes =
        (0..1025).map(|number| format!("s{number}")).collect::<Vec<_>>().iter().map(String::as_str).collect();
    assert!(own.with_scopes(too_many).is_err());
}
