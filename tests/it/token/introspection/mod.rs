//! `IntrospectionDecoder`: its requests, the responses that make a token valid, and its cache.

mod bound;
mod cache;
mod configuration;
mod responses;

use std::time::Duration;

use axum::Json;
use axum::response::{IntoResponse as _, Response};
use scopes_runtime::{
    AccessToken, DecodeError, IntrospectionDecoder, IntrospectionDecoderBuilder, TokenDecoder as _,
};
use scopes_tests::{now, without_seconds};
use serde_json::{Value, json};

use super::loopback::{Issuer, OAUTH};

const AUDIENCE: &str = "https://api.example";
const ENDPOINT: &str = "/introspect";

/// Starts an issuer that responds to introspection requests after 20 ms.
async fn start() -> Issuer {
    let issuer = Issuer::start().await;
    issuer.delay(Duration::from_millis(20));
    issuer
}

impl Issuer {
    /// Sets the response of the introspection endpoint, and the endpoint in the metadata.
    fn introspects_at(
        &self,
        endpoint: &'static str,
        response: impl Fn() -> Response + Send + Sync + 'static,
    ) {
        let url = format!("{}{endpoint}", self.url);
        let metadata = json!({ "issuer": self.url, "introspection_endpoint": url });
        self.respond(move |request| match request.path() {
            OAUTH => Some(Json(metadata.clone()).into_response()),
            path => (path == endpoint && request.body.starts_with(b"token=")).then(&response),
        });
    }

    fn introspects(&self, response: impl Fn() -> Response + Send + Sync + 'static) {
        self.introspects_at(ENDPOINT, response);
    }

    /// Sets the JSON that the introspection endpoint returns.
    fn returns(&self, json: Value) {
        self.introspects(move || Json(json.clone()).into_response());
    }

    /// Returns the number of introspection requests.
    fn introspections(&self) -> usize {
        self.received(ENDPOINT).len()
    }

    fn builder(&self) -> IntrospectionDecoderBuilder {
        IntrospectionDecoder::builder().issuer(&*self.url).audience(AUDIENCE).client("the api", "s3cr:t%")
    }

    fn decoder(&self) -> IntrospectionDecoder {
        self.builder().build().expect("a decoder")
    }

    /// Returns a response that makes a token valid.
    fn active(&self) -> Value {
        json!({
            "active": true,
            "scope": "me items",
            "client_id": "app",
            "username": "alice",
            "token_type": "Bearer",
            "exp": now() + 300,
            "iat": now(),
            "nbf": now(),
            "sub": "alice",
            "aud": [AUDIENCE],
            "iss": self.url,
            "jti": "1",
        })
    }

    fn active_with(&self, name: &str, value: impl Into<Value>) -> Value {
        let mut answer = self.active();
        answer[name] = value.into();
        answer
    }

    fn active_without(&self, name: &str) -> Value {
        let mut answer = self.active();
        answer.as_object_mut().expect("an object").remove(name).expect("a member");
        answer
    }
}

async fn accept(decoder: &IntrospectionDecoder, token: &str) -> AccessToken {
    decoder.decode(token).await.unwrap_or_else(|error| panic!("{error}"))
}

/// Returns `invalid` or `unavailable`, and the reason.
async fn refuse(decoder: &IntrospectionDecoder, token: &str) -> (&'static str, String) {
    match decoder.decode(token).await {
        Ok(token) => panic!("accepted: {token:?}"),
        Err(DecodeError::Invalid(reason)) => ("invalid", without_seconds(&reason.to_string())),
        Err(DecodeError::Unavailable { reason, .. }) => ("unavailable", reason.to_string()),
        Err(other) => panic!("{other}"),
    }
}
