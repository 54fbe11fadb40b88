//! Keys that an issuer publishes: how they are found, how they change, and what an issuer can do wrong.

mod discovery;
mod entra;
mod key_sets;
mod malformed_sets;
mod outage;
mod plain_http;
mod requests;
mod rotation;
mod skipped_keys;
mod unknown_keys;

use std::time::Duration;

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use scopes_runtime::{Algorithm, DecodeError, Jwks, JwtDecoder, TokenDecoder as _};
use serde_json::{Value, json};

use super::super::loopback::{Issuer, OPENID};
use super::issuer::{AUDIENCE, claims, sign_with};
use super::keys::{jwk, pem, signing};

impl Issuer {
    /// Publishes this text as a key set, and metadata that leads to it.
    fn publishes_text(&self, set: impl Into<Vec<u8>>) {
        let (metadata, set) = (self.metadata(), set.into());
        self.respond(move |request| match request.path() {
            OPENID => Some(axum::Json(metadata.clone()).into_response()),
            "/jwks" => Some(set.clone().into_response()),
            _ => None,
        });
    }

    /// Publishes these keys, and metadata that leads to them.
    fn publishes(&self, keys: impl Into<Value>) {
        self.publishes_text(json!({ "keys": keys.into() }).to_string());
    }

    fn metadata(&self) -> Value {
        json!({ "issuer": self.url, "jwks_uri": format!("{}/jwks", self.url) })
    }

    fn decoder_with(&self, keys: Jwks) -> JwtDecoder {
        let builder = JwtDecoder::builder().issuer(&*self.url).audience(AUDIENCE);
        builder.jwks(keys).build().expect("a decoder")
    }

    fn discovered(&self) -> JwtDecoder {
        self.decoder_with(Jwks::discovery())
    }

    fn known(&self) -> JwtDecoder {
        self.decoder_with(Jwks::uri(format!("{}/jwks", self.url)))
    }

    /// A token of this issuer.
    fn token(&self, algorithm: Algorithm, kid: Option<&str>) -> String {
        self.token_with(algorithm, kid, |_, _| {})
    }

    /// The same with another header or other claims.
    fn token_with(
        &self,
        algorithm: Algorithm,
        kid: Option<&str>,
        change: impl FnOnce(&mut Value, &mut Value),
    ) -> String {
        let mut header = json!({ "alg": algorithm, "typ": "at+jwt" });
        if let Some(kid) = kid {
            header["kid"] = kid.into();
        }
        let mut claims = claims();
        claims["iss"] = self.url.clone().into();
        change(&mut header, &mut claims);
        sign_with(algorithm, &signing(algorithm), header.to_string(), claims.to_string())
    }

    /// Returns the number of requests for the key set.
    fn fetches(&self) -> usize {
        self.received("/jwks").len()
    }
}

fn named(algorithm: Algorithm, kid: &str) -> Value {
    let mut jwk = jwk(algorithm);
    jwk["kid"] = kid.into();
    jwk
}

/// Another ES256 key than the one that tokens are signed with.
fn other_jwk() -> Value {
    let other = jsonwebtoken::EncodingKey::from_ec_der(&super::keys::der(pem!("p256-other")));
    let other = jsonwebtoken::jwk::Jwk::from_encoding_key(&other, Algorithm::ES256).expect("a key");
    serde_json::to_value(other).expect("JSON")
}

/// `ok`, `invalid` or `unavailable`.
async fn outcome(decoder: &JwtDecoder, token: &str) -> &'static str {
    match decoder.decode(token).await {
        Ok(_) => "ok",
        Err(DecodeError::Invalid(_)) => "invalid",
        Err(DecodeError::Unavailable { .. }) => "unavailable",
        Err(_) => "something else",
    }
}

/// Advances the decoder's clock. The clock is resumed at once, as requests need it.
async fn pass(time: Duration) {
    tokio::time::pause();
    tokio::time::advance(time).await;
    tokio::time::resume();
}

fn redirect(location: &str) -> Response {
    (StatusCode::FOUND, [(header::LOCATION, location.to_owned())]).into_response()
}
