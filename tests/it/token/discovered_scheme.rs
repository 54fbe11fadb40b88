//! The security scheme with the endpoints of an issuer's metadata.

use axum::response::IntoResponse as _;
use scopes_runtime::openapi::{DiscoveryError, OAuth2Scheme};
use scopes_tests::Scope;
use serde_json::{Value, json};
use utoipa::Modify as _;
use utoipa::openapi::{Info, OpenApi, Paths};

use super::loopback::{Issuer, OAUTH, OPENID};

/// Returns the flows of the scheme, or the error, for an issuer with this metadata at a location.
async fn discovered(location: &'static str, metadata: impl Fn(&str) -> Value) -> Result<Value, String> {
    let issuer = Issuer::start().await;
    let metadata = metadata(&issuer.url);
    issuer.respond(move |request| {
        (request.path() == location).then(|| axum::Json(metadata.clone()).into_response())
    });
    let scheme = OAuth2Scheme::new::<Scope>().discover_authorization_code(&issuer.url).await;
    let scheme = scheme.map_err(|error| error.to_string().replace(&issuer.url, "ISSUER"))?;
    let mut document = OpenApi::new(Info::new("API", "1"), Paths::new());
    scheme.modify(&mut document);
    let document = serde_json::to_value(document).expect("a document is JSON");
    let mut flows = document["components"]["securitySchemes"]["oauth2"]["flows"].clone();
    flows["authorizationCode"]["scopes"].take();
    Ok(serde_json::from_str(&flows.to_string().replace(&issuer.url, "ISSUER")).expect("JSON"))
}

fn metadata(url: &str) -> Value {
    json!({
        "issuer": url,
        "authorization_endpoint": format!("{url}/authorize"),
        "token_endpoint": format!("{url}/token"),
    })
}

#[tokio::test]
async fn a_scheme_has_the_endpoints_of_the_metadata() {
    for location in [OPENID, OAUTH] {
        assert_eq!(
            discovered(location, metadata).await,
            Ok(json!({ "authorizationCode": {
                "authorizationUrl": "ISSUER/authorize", "tokenUrl": "ISSUER/token", "scopes": null,
            } }))
        );
    }
}

#[tokio::test]
async fn unusable_metadata_is_an_error_with_its_reason() {
    let with = |member: &'static str, value: Value| {
        move |url: &str| {
            let mut metadata = metadata(url);
            metadata[member] = value.clone();
            metadata
        }
    };
    let long = "x".repeat(256 * 1024);
    for (member, value, reason) in [
        (
            "issuer",
            json!("https://other.example"),
            "`issuer` in the metadata is `https://other.example`, but the configured issuer is `ISSUER`; they must be equal, also \
             in a slash at the end",
        ),
        (
            "authorization_endpoint",
            json!(null),
            "the metadata has no `authorization_endpoint` with the scheme of the issuer's URL; with `http`, both must be on \
             loopback, or both on the host that plain HTTP is allowed for",
        ),
        (
            "token_endpoint",
            json!("http://issuer.example/token"),
            "the metadata has no `token_endpoint` with the scheme of the issuer's URL; with `http`, both must be on \
             loopback, or both on the host that plain HTTP is allowed for",
        ),
        (
            "authorization_endpoint",
            json!("javascript:alert(1)"),
            "the metadata has no `authorization_endpoint` with the scheme of the issuer's URL; with `http`, both must be on \
             loopback, or both on the host that plain HTTP is allowed for",
        ),
        (
            "client_name",
            json!(long),
            "the response of ISSUER/.well-known/openid-configuration has more than 262144 bytes",
        ),
    ] {
        let error = discovered(OPENID, with(member, value)).await;
        assert_eq!(error, Err(format!("the endpoints of `ISSUER` cannot be read: {reason}")), "{member}");
    }
}

#[tokio::test]
async fn metadata_of_256_kib_is_read_and_a_byte_more_is_refused() {
    for (bytes, is_read) in [(262_144, true), (262_145, false)] {
        let of_length = move |url: &str| {
            let mut metadata = metadata(url);
            metadata["client_name"] = json!("");
            metadata["client_name"] = json!("x".repeat(bytes - metadata.to_string().len()));
            metadata
        };
        assert_eq!(discovered(OPENID, of_length).await.is_ok(), is_read, "{bytes}");
    }
}

#[tokio::test]
async fn a_url_that_is_not_safe_is_not_requested() {
    for (url, shown) in [
        ("http://issuer.example", "http://issuer.example"),
        ("https://user:secret@issuer.example", "…@issuer.example"),
        ("https://issuer.example?tenant=1", "https://issuer.example?…"),
    ] {
        let error = OAuth2Scheme::new::<Scope>().discover_authorization_code(url).await;
        assert!(matches!(error, Err(DiscoveryError::UnsafeUrl { url, .. }) if url == shown), "{url}");
    }
}
