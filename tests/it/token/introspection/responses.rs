//! Responses of the introspection endpoint: which make a token valid, and which decide nothing.

use std::time::{Instant, SystemTime};

use axum::Json;
use axum::body::Body;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use scopes_runtime::{IntrospectionDecoder, IntrospectionDecoderBuilder, ScopeClaim};
use scopes_tests::{listen, now};
use serde_json::{Value, json};

use super::{AUDIENCE, ENDPOINT, accept, refuse, start};

type Respond = Box<dyn Fn() -> Response + Send + Sync>;

#[tokio::test]
async fn an_introspection_request_follows_rfc_7662() {
    let issuer = start().await;
    issuer.returns(issuer.active());
    let token = accept(&issuer.decoder(), "2YotnFZFEjr1zCsicMWpAA").await;
    assert_eq!((token.subject(), token.client_id()), (Some("alice"), Some("app")));
    assert_eq!((token.issuer(), token.scopes().to_string().as_str()), (Some(&*issuer.url), "me items"));
    assert!(token.expires_at().expect("it ends") > SystemTime::now());
    let [request] = &issuer.received(ENDPOINT)[..] else { panic!("one request") };
    let headers = &request.parts.headers;
    assert_eq!(request.body, b"token=2YotnFZFEjr1zCsicMWpAA&token_type_hint=access_token");
    assert_eq!(headers["content-type"], "application/x-www-form-urlencoded");
    assert_eq!(headers["accept"], "application/json");
    assert_eq!(headers["user-agent"], concat!("scopes-runtime/", env!("CARGO_PKG_VERSION")));
    // `the+api:s3cr%3At%25`, both parts form-encoded first (RFC 6749 section 2.3.1).
    assert_eq!(headers["authorization"], "Basic dGhlK2FwaTpzM2NyJTNBdCUyNQ==");
}

#[tokio::test]
async fn the_endpoint_can_be_set() {
    let issuer = start().await;
    issuer.returns(issuer.active_with("iss", "https://another.example"));
    let builder = IntrospectionDecoder::builder().endpoint(format!("{}/introspect", issuer.url));
    let decoder = builder.audience(AUDIENCE).client("api", "secret").build().expect("a decoder");
    accept(&decoder, "token").await;
}

#[tokio::test]
async fn only_active_bearer_tokens_for_the_audience_are_accepted() {
    let issuer = start().await;
    let audience = |named: &str| {
        format!(
            "the claim `aud` names none of the audiences that are configured: `{AUDIENCE}`; it names `{named}`"
        )
    };
    let another = |iss: &str| {
        format!("the claim `iss` is not `{}`, the issuer that is configured, but {iss}", issuer.url)
    };
    let untyped = "the response has no `token_type`, so it may be a refresh token (`allow_missing_token_type` accepts it)";
    let kind = "the `token_type` is not `Bearer`";
    let bound = "the claim `cnf` binds the token to a sender, and the decoder refuses such tokens (`allow_bound_tokens` of its \
                 builder accepts them)";
    let no_strings = "the claim `aud` is neither a string nor an array of strings";
    for (answer, reason) in [
        (json!({ "active": false }), "the response has `active: false`"),
        (issuer.active_with("active", false), "the response has `active: false`"),
        (issuer.active_without("token_type"), untyped),
        (issuer.active_with("token_type", "DPoP"), kind),
        (issuer.active_with("token_type", Value::Null), kind),
        (issuer.active_with("token_type", "refresh_token"), kind),
        (issuer.active_without("aud"), "the claim `aud` is missing"),
        (issuer.active_with("aud", "https://other.example"), &*audience("https://other.example")),
        (issuer.active_with("aud", json!([])), &*audience("")),
        (issuer.active_with("aud", 5), no_strings),
        (issuer.active_with("aud", json!([AUDIENCE, 5])), no_strings),
        (issuer.active_with("iss", "https://other.example"), &*another("`https://other.example`")),
        (issuer.active_with("iss", 5), &*another("no string")),
        (issuer.active_with("exp", now() - 1), "it has expired: the claim `exp` was N s ago"),
        (issuer.active_with("exp", "tomorrow"), "the claim `exp` is not a NumericDate (RFC 7519 section 2)"),
        (issuer.active_with("nbf", now() + 60), "it is not valid yet: the claim `nbf` is N s in the future"),
        (issuer.active_with("iat", "now"), "the claim `iat` is not a number"),
        (issuer.active_with("cnf", json!({ "jkt": "x" })), bound),
        (issuer.active_with("sub", 5), "the claim `sub` is not a string"),
        (
            issuer.active_with("token_use", "refresh_token"),
            "the claim `token_use` is that of another kind of token",
        ),
        (issuer.active_with("typ", "Refresh"), "the claim `typ` is that of another kind of token"),
        (issuer.active_with("typ", "ID"), "the claim `typ` is that of another kind of token"),
        (issuer.active_with("nonce", "n"), "the claim `nonce` shows an ID token, not an access token"),
        (
            issuer.active_with("scope", json!(["me"])),
            "the claim `scope` is not a string (`scope_claim` sets another type)",
        ),
    ] {
        issuer.returns(answer.clone());
        let refused = refuse(&issuer.decoder(), "token").await;
        assert_eq!(refused, ("invalid", reason.to_owned()), "{answer}");
    }
    for (answer, scopes) in [
        (issuer.active_with("token_type", "bearer"), "me items"),
        (issuer.active_with("token_use", "access_token"), "me items"),
        (issuer.active_with("typ", "Bearer"), "me items"),
        (issuer.active_with("aud", AUDIENCE), "me items"),
        (issuer.active_without("scope"), ""),
        (issuer.active_without("exp"), "me items"),
        (issuer.active_without("iss"), "me items"),
        (issuer.active_without("sub"), "me items"),
    ] {
        issuer.returns(answer);
        assert_eq!(accept(&issuer.decoder(), "token").await.scopes().to_string(), scopes);
    }
}

#[tokio::test]
async fn allowances_accept_only_what_they_allow() {
    let issuer = start().await;
    let without_audience = issuer.builder().allow_missing_audience().build().expect("a decoder");
    issuer.returns(issuer.active_without("aud"));
    accept(&without_audience, "1").await;
    issuer.returns(issuer.active_with("aud", "https://other.example"));
    assert_eq!(refuse(&without_audience, "2").await.0, "invalid");
    let untyped = issuer.builder().allow_missing_token_type().build().expect("a decoder");
    issuer.returns(issuer.active_without("token_type"));
    accept(&untyped, "3").await;
    issuer.returns(issuer.active_with("token_type", "DPoP"));
    assert_eq!(refuse(&untyped, "4").await.0, "invalid");
    let permissions =
        issuer.builder().scope_claim(ScopeClaim::array("permissions")).build().expect("a decoder");
    issuer.returns(issuer.active_with("permissions", json!(["read"])));
    assert_eq!(accept(&permissions, "5").await.scopes().to_string(), "read");
}

/// An issuer may not support introspection of its JWTs.
#[tokio::test]
async fn unsupported_token_type_makes_a_token_invalid() {
    let issuer = start().await;
    let unsupported = json!({ "error": "unsupported_token_type", "active": true });
    issuer.introspects(move || (StatusCode::BAD_REQUEST, Json(unsupported.clone())).into_response());
    let decoder = issuer.decoder();
    for _ in 0..2 {
        assert_eq!(refuse(&decoder, "a.b.c").await.0, "invalid");
    }
    assert_eq!(issuer.introspections(), 1);
}

/// Malformed responses make a token neither valid nor invalid, and are not cached.
#[tokio::test]
async fn a_malformed_response_is_unavailable() {
    let issuer = start().await;
    let repeated = r#"{"active":false,"active":true,"token_type":"Bearer","aud":"https://api.example"}"#;
    let json = |text: String| ([(header::CONTENT_TYPE, "application/json")], text).into_response();
    let cases: Vec<(&str, Respond)> = vec![
        ("no active", Box::new(move || json("{}".to_owned()))),
        ("a string", Box::new(move || json(r#"{"active":"true"}"#.to_owned()))),
        ("a number", Box::new(move || json(r#"{"active":1}"#.to_owned()))),
        ("a repeated member", Box::new(move || json(repeated.to_owned()))),
        ("an array", Box::new(move || json("[true]".to_owned()))),
        ("HTML", Box::new(|| "<html>log in</html>".into_response())),
        ("a huge body", Box::new(move || json(format!("{}{{}}", " ".repeat(300 * 1024))))),
        ("an error", Box::new(|| StatusCode::INTERNAL_SERVER_ERROR.into_response())),
        ("a bad request", Box::new(|| StatusCode::BAD_REQUEST.into_response())),
        (
            "a bad request by its own word",
            Box::new(|| {
                (StatusCode::BAD_REQUEST, Json(json!({ "error": "invalid_request" }))).into_response()
            }),
        ),
        ("a wrong client", Box::new(|| StatusCode::UNAUTHORIZED.into_response())),
        ("no content", Box::new(|| StatusCode::NO_CONTENT.into_response())),
        (
            "a redirect",
            Box::new(|| {
                (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, "/introspect")]).into_response()
            }),
        ),
        (
            "an endless body",
            Box::new(|| {
                let chunks = std::iter::repeat_with(|| Ok::<_, std::io::Error>(vec![b' '; 8192]));
                Body::from_stream(futures_util::stream::iter(chunks)).into_response()
            }),
        ),
    ];
    let decoder = issuer.decoder();
    for (name, answer) in cases {
        issuer.introspects(answer);
        let before = issuer.introspections();
        assert_eq!(refuse(&decoder, "token").await.0, "unavailable", "{name}");
        assert_eq!(issuer.introspections(), before + 1, "{name}");
    }
    issuer.returns(issuer.active());
    accept(&decoder, "token").await;
}

#[tokio::test]
async fn an_unreachable_or_slow_issuer_is_unavailable_within_5_seconds() {
    let (silent, url) = listen().await;
    let decoder = |builder: IntrospectionDecoderBuilder| {
        builder.audience(AUDIENCE).client("api", "secret").build().expect("a decoder")
    };
    let slow = decoder(IntrospectionDecoder::builder().endpoint(&*url));
    let start = Instant::now();
    assert_eq!(refuse(&slow, "token").await.0, "unavailable");
    assert!((4..7).contains(&start.elapsed().as_secs()), "{:?}", start.elapsed());
    drop(silent);
    for down in
        [IntrospectionDecoder::builder().endpoint(&*url), IntrospectionDecoder::builder().issuer(&*url)]
    {
        assert_eq!(refuse(&decoder(down), "token").await.0, "unavailable");
    }
}
