//! Headers of requests to issuers that some issuers require.

use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use scopes_runtime::Algorithm;
use serde_json::json;

use super::super::super::loopback::{Issuer, OPENID, Received};
use super::{named, outcome};

/// Checks that a token is accepted from an issuer that only publishes its documents where this function returns `None`.
async fn accepts_a_token_if(refusal: fn(&Received, media_type: &str) -> Option<StatusCode>) {
    let issuer = Issuer::start().await;
    let metadata = json!({
        "issuer": issuer.url,
        "jwks_uri": format!("{}/openid/v1/jwks", issuer.url),
        "response_types_supported": ["id_token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
    });
    let mut key = named(Algorithm::RS256, "1");
    key["use"] = "sig".into();
    let set = json!({ "keys": [key] });
    issuer.respond(move |request| {
        let (media_type, document) = match request.path() {
            OPENID => ("application/json", &metadata),
            "/openid/v1/jwks" => ("application/jwk-set+json", &set),
            _ => return None,
        };
        let respond =
            || -> Response { ([(header::CONTENT_TYPE, media_type)], document.to_string()).into_response() };
        Some(refusal(request, media_type).map_or_else(respond, |status| status.into_response()))
    });
    let token = issuer.token(Algorithm::RS256, Some("1"));
    assert_eq!(outcome(&issuer.discovered(), &token).await, "ok");
}

fn value(request: &Received, name: HeaderName) -> &str {
    request.parts.headers.get(name).map_or("", |value| value.to_str().expect("ASCII"))
}

/// The Kubernetes API server answers 406 if `Accept` does not contain the media type of the document.
#[tokio::test]
async fn requests_accept_the_media_types_of_kubernetes() {
    accepts_a_token_if(|request, media_type| {
        let mut accepted = value(request, header::ACCEPT).split(',');
        let is_accepted = accepted.any(|accepted| accepted.trim() == media_type);
        (!is_accepted).then_some(StatusCode::NOT_ACCEPTABLE)
    })
    .await;
}

/// The core rules of AWS WAF answer 403 if there is no `User-Agent`.
#[tokio::test]
async fn requests_have_a_user_agent() {
    accepts_a_token_if(|request, _| {
        let expected = concat!("scopes-runtime/", env!("CARGO_PKG_VERSION"));
        (value(request, header::USER_AGENT) != expected).then_some(StatusCode::FORBIDDEN)
    })
    .await;
}
