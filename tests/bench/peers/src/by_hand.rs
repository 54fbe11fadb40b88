//! The check of an application without a library: the same checks, as far as jsonwebtoken supports them.

use std::collections::HashSet;

use axum::http::StatusCode;
use axum::http::header::{AUTHORIZATION, HeaderMap};
use serde::Deserialize;

use crate::tokens::{AUDIENCE, ISSUER};

#[derive(Clone, Deserialize)]
pub(crate) struct Claims {
    #[serde(default)]
    pub(crate) scope: String,
}

impl Claims {
    pub(crate) fn scopes(&self) -> HashSet<String> {
        self.scope.split(' ').map(str::to_owned).collect()
    }
}

fn bearer(headers: &HeaderMap) -> Result<&str, StatusCode> {
    let header = headers.get(AUTHORIZATION).ok_or(StatusCode::UNAUTHORIZED)?;
    let header = header.to_str().map_err(|_| StatusCode::BAD_REQUEST)?;
    header.strip_prefix("Bearer ").ok_or(StatusCode::UNAUTHORIZED)
}

/// On aws-lc-rs.
#[derive(Clone)]
pub(crate) struct Aws(pub(crate) jsonwebtoken::DecodingKey, pub(crate) jsonwebtoken::Validation);

impl Aws {
    pub(crate) fn claims(&self, headers: &HeaderMap) -> Result<Claims, StatusCode> {
        let decoded = jsonwebtoken::decode::<Claims>(bearer(headers)?, &self.0, &self.1)
            .map_err(|_| StatusCode::UNAUTHORIZED)?;
        if decoded.header.typ.as_deref() == Some("at+jwt") {
            Ok(decoded.claims)
        } else {
            Err(StatusCode::UNAUTHORIZED)
        }
    }
}

/// On RustCrypto.
#[derive(Clone)]
pub(crate) struct RustCrypto(pub(crate) jsonwebtoken_10::DecodingKey, pub(crate) jsonwebtoken_10::Validation);

impl RustCrypto {
    pub(crate) fn new(name: &str, jwk: &serde_json::Value) -> Self {
        let jwk = serde_json::from_value(jwk.clone()).expect("a JWK");
        let key = jsonwebtoken_10::DecodingKey::from_jwk(&jwk).expect("a key");
        let mut validation = jsonwebtoken_10::Validation::new(name.parse().expect("an algorithm"));
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["exp", "iss", "aud"]);
        validation.validate_nbf = true;
        Self(key, validation)
    }

    pub(crate) fn claims(&self, headers: &HeaderMap) -> Result<Claims, StatusCode> {
        let decoded = jsonwebtoken_10::decode::<Claims>(bearer(headers)?, &self.0, &self.1)
            .map_err(|_| StatusCode::UNAUTHORIZED)?;
        if decoded.header.typ.as_deref() == Some("at+jwt") {
            Ok(decoded.claims)
        } else {
            Err(StatusCode::UNAUTHORIZED)
        }
    }
}
