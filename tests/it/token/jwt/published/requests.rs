//! What the requests to issuers have to contain, so that issuers answer them.

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Json, Router};
use scopes_runtime::{Algorithm, Jwks, JwtDecoder};
use serde_json::{Value, json};

use super::super::issuer::{AUDIENCE, claims, sign_with};
use super::super::keys::signing;
use super::{listener, named, outcome};

/// An issuer on loopback that publishes the key `1` and answers requests as `answer` does.
async fn serve(answer: fn(&HeaderMap, &str, Value) -> Response) -> String {
    let (listener, url) = listener().await;
    let metadata = json!({
        "issuer": url,
        "jwks_uri": format!("{url}/openid/v1/jwks"),
        "response_types_supported": ["id_token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
    });
    let mut key = named(Algorithm::RS256, "1");
    key["use"] = "sig".into();
    let set = json!({ "keys": [key] });
    let respond = |media_type: &'static str, document: Value| {
        get(async move |headers: HeaderMap| answer(&headers, media_type, document))
    };
    let app = Router::new()
        .route("/.well-known/openid-configuration", respond("application/json", metadata))
        .route("/openid/v1/jwks", respond("application/jwk-set+json", set));
    tokio::spawn(async { axum::serve(listener, app).await });
    url
}

async fn accepts_its_token(url: &str) {
    let mut claims = claims();
    claims["iss"] = url.into();
    let header = json!({ "alg": "RS256", "typ": "at+jwt", "kid": "1" });
    let token =
        sign_with(Algorithm::RS256, &signing(Algorithm::RS256), header.to_string(), claims.to_string());
    let decoder = JwtDecoder::builder().issuer(url).audience(AUDIENCE).jwks(Jwks::discovery());
    assert_eq!(outcome(&decoder.build().expect("a decoder"), &token).await, "ok");
}

fn named_in(headers: &HeaderMap, name: header::HeaderName) -> &str {
    headers.get(name).map_or("", |value| value.to_str().expect("ASCII"))
}

/// The Kubernetes API server answers 406 where the type of a document is not named.
#[tokio::test]
async fn kubernetes_wants_the_media_type_of_key_sets() {
    let url = serve(|headers, media_type, document| {
        let accepted = named_in(headers, header::ACCEPT);
        if !accepted.split(',').any(|accepted| accepted.trim() == media_type) {
            return StatusCode::NOT_ACCEPTABLE.into_response();
        }
        ([(header::CONTENT_TYPE, media_type)], document.to_string()).into_response()
    });
    accepts_its_token(&url.await).await;
}

/// The core rules of AWS WAF answer 403 where there is no `User-Agent`.
#[tokio::test]
async fn a_firewall_wants_a_user_agent() {
    let url = serve(|headers, _, document| {
        if named_in(headers, header::USER_AGENT) != concat!("scopes-runtime/", env!("CARGO_PKG_VERSION")) {
            return StatusCode::FORBIDDEN.into_response();
        }
        Json(document).into_response()
    });
    accepts_its_token(&url.await).await;
}
