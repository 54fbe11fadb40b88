//! `TokenProfile` for a product that is not built in: each method changes what a token must look like, and nothing else.

use scopes_runtime::{Algorithm, JwtDecoder, JwtDecoderError, ScopeClaim, TokenProfile};
use serde_json::{Value, json};

use super::issuer::{HEADER, accept, builder, claims, refuse, secret_key, sign};

const GENERIC: &str = r#"{"alg":"HS256","typ":"JWT"}"#;

fn decoder(profile: TokenProfile) -> JwtDecoder {
    builder().key(secret_key(Algorithm::HS256)).profile(profile).build().expect("a decoder")
}

/// A token of the product: the client in `azp`, the audience in `resource`, the scopes in `scp`, `"use": "access"`.
fn product_claims() -> Value {
    let mut product = claims();
    let members = product.as_object_mut().expect("an object");
    let audience = members.remove("aud").expect("an audience");
    for name in ["client_id", "scope"] {
        members.remove(name);
    }
    members.extend([
        ("resource".to_owned(), audience),
        ("azp".to_owned(), "web".into()),
        ("use".to_owned(), "access".into()),
        ("scp".to_owned(), json!(["items"])),
    ]);
    product
}

fn product_profile() -> TokenProfile {
    TokenProfile::rfc9068()
        .allow_generic_typ()
        .required_claim("use", "access")
        .client_claims(["cid", "azp"])
        .audience_claim("resource")
        .scope_claim(ScopeClaim::array("scp"))
}

#[tokio::test]
async fn a_token_of_another_product_is_read() {
    let decoder = decoder(product_profile());
    for header in [GENERIC, HEADER] {
        let token = accept(&decoder, &sign(header, product_claims().to_string())).await;
        assert_eq!(token.client_id(), Some("web"));
        assert_eq!(token.scopes().to_string(), "items");
    }
    // The first claim of the list that is present contains the client.
    let mut both = product_claims();
    both["cid"] = "first".into();
    assert_eq!(accept(&decoder, &sign(GENERIC, both.to_string())).await.client_id(), Some("first"));
}

#[tokio::test]
async fn a_token_that_does_not_match_the_profile_is_refused() {
    let decoder = decoder(product_profile());
    for (name, value, reason) in [
        ("use", None, "the claim `use` is not `access`, so it is not an access token"),
        ("use", Some(json!("id")), "the claim `use` is not `access`, so it is not an access token"),
        ("use", Some(json!(["access"])), "the claim `use` is not `access`, so it is not an access token"),
        ("azp", None, "the claim `cid` or `azp` is missing, so it is not an access token"),
        ("azp", Some(json!(["web"])), "the claim `azp` is not a string"),
        ("resource", None, "the claim `resource` is missing"),
        (
            "resource",
            Some(json!("https://other.example")),
            "the claim `resource` names none of the audiences that are configured: `https://api.example`; it names \
             `https://other.example`",
        ),
        (
            "aud",
            Some(json!("https://other.example")),
            "the claim `aud` names none of the audiences that are configured: `https://api.example`; it names \
             `https://other.example`",
        ),
        (
            "scp",
            Some(json!("items")),
            "the claim `scp` is not an array of strings (`scope_claim` sets another type)",
        ),
        ("nonce", Some(json!("n")), "the claim `nonce` shows an ID token, not an access token"),
    ] {
        let mut claims = product_claims();
        let members = claims.as_object_mut().expect("an object");
        match value {
            Some(value) => members.insert(name.to_owned(), value),
            None => members.remove(name),
        };
        assert_eq!(refuse(&decoder, &sign(GENERIC, claims.to_string())).await, reason, "{claims}");
    }
}

#[tokio::test]
async fn each_required_claim_is_checked() {
    let profile = TokenProfile::rfc9068().required_claim("use", "access").required_claim("tenant", "shop");
    let decoder = decoder(profile);
    let mut claims = claims();
    for (name, value) in [("use", "access"), ("tenant", "shop")] {
        let reason = format!("the claim `{name}` is not `{value}`, so it is not an access token");
        assert_eq!(refuse(&decoder, &sign(HEADER, claims.to_string())).await, reason);
        claims[name] = value.into();
    }
    accept(&decoder, &sign(HEADER, claims.to_string())).await;
    // Without `allow_generic_typ`, the `typ` is that of RFC 9068.
    let reason = "the header's `typ` is `JWT`, not `at+jwt` (set the issuer's `TokenProfile`, or call `allow_generic_typ`)";
    assert_eq!(refuse(&decoder, &sign(GENERIC, claims.to_string())).await, reason);
}

#[test]
fn a_profile_has_a_client_claim() {
    let profile = TokenProfile::rfc9068().client_claims([""; 0]);
    let built = builder().key(secret_key(Algorithm::HS256)).profile(profile).build();
    assert!(matches!(built, Err(JwtDecoderError::MissingClientClaim)));
}
