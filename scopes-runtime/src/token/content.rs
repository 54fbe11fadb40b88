//! What an access token contains: its claims and scopes.

#[cfg(feature = "_jwt")]
use std::sync::Arc;
use std::time::{Duration, SystemTime};

#[cfg(feature = "_jwt")]
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::de::DeserializeOwned;
#[cfg(feature = "_jwt")]
use serde::de::Error as _;
use serde_json::{Map, Value};

use super::confirmation::Confirmation;
use super::error::DecodeError;
use crate::scope::GrantedScopes;

/// Most bytes that the allocator adds to a string.
#[cfg(feature = "_jwt")]
const ALLOCATION_OVERHEAD: usize = 24;

#[derive(Clone)]
pub(super) struct Content {
    pub(super) claims: AllClaims,
    pub(super) known: KnownClaims,
    pub(super) scopes: GrantedScopes,
}

/// All claims of a token. Caches contain many tokens, and parsed claims take several times the memory of their text.
#[derive(Clone)]
pub(super) enum AllClaims {
    /// In the payload of a JWT that was verified. The cache has the same allocation as its key.
    #[cfg(feature = "_jwt")]
    Jwt(Arc<[u8]>),
    /// A JSON object without repeated names.
    #[cfg(feature = "issuer")]
    Text(Box<[u8]>),
    /// Those of the application's decoder, as it gave them.
    Members(Map<String, Value>),
}

/// The claims that methods return.
#[derive(Clone)]
pub(super) struct KnownClaims {
    pub(super) issuer: Option<Box<str>>,
    pub(super) subject: Option<Box<str>>,
    pub(super) client_id: Option<Box<str>>,
    pub(super) id: Option<Box<str>>,
    pub(super) acr: Option<Box<str>>,
    pub(super) expires_at: Option<SystemTime>,
    pub(super) authenticated_at: Option<SystemTime>,
    pub(super) confirmation: Option<Box<Confirmation>>,
}

impl AllClaims {
    pub(super) fn parse<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        match self {
            #[cfg(feature = "_jwt")]
            Self::Jwt(jwt) => {
                let payload = jwt.split(|byte| *byte == b'.').nth(1).unwrap_or_default();
                let text = BASE64_URL_SAFE_NO_PAD.decode(payload).map_err(serde_json::Error::custom)?;
                serde_json::from_slice(&text)
            }
            #[cfg(feature = "issuer")]
            Self::Text(text) => serde_json::from_slice(text),
            Self::Members(claims) => T::deserialize(claims),
        }
    }
}

impl Content {
    /// Returns about how many bytes the content takes in memory, without a JWT, which the cache counts.
    #[cfg(feature = "_jwt")]
    pub(super) fn size(&self) -> usize {
        let claims = match &self.claims {
            AllClaims::Jwt(_) => 0,
            #[cfg(feature = "issuer")]
            AllClaims::Text(text) => text.len(),
            // This crate caches no token with these.
            AllClaims::Members(_) => 0,
        };
        let KnownClaims { issuer, subject, client_id, id, acr, .. } = &self.known;
        let texts = [issuer, subject, client_id, id, acr].into_iter().flatten();
        let texts = texts.map(|text| text.len() + ALLOCATION_OVERHEAD).sum::<usize>();
        size_of::<Self>() + claims + texts + self.scopes.size()
    }
}

impl KnownClaims {
    /// Reads the claims. `client_claim` is the name of the claim with the client id.
    pub(super) fn read(claims: &Map<String, Value>, client_claim: &str) -> Result<Self, DecodeError> {
        let date_of = |name| claims.get(name).map(|claim| numeric_date(name, claim)).transpose();
        Ok(Self {
            issuer: text_claim(claims, "iss")?,
            subject: text_claim(claims, "sub")?,
            client_id: text_claim(claims, client_claim)?,
            id: text_claim(claims, "jti")?,
            acr: text_claim(claims, "acr")?,
            expires_at: date_of("exp")?,
            authenticated_at: date_of("auth_time")?,
            confirmation: claims.get("cnf").map(Confirmation::read).transpose()?.map(Box::new),
        })
    }
}

fn text_claim(claims: &Map<String, Value>, name: &str) -> Result<Option<Box<str>>, DecodeError> {
    match claims.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.as_str().into())),
        Some(_) => Err(DecodeError::invalid(format!("the claim `{name}` is not a string"))),
    }
}

/// Reads a NumericDate (RFC 7519 section 2).
pub(super) fn numeric_date(name: &str, claim: &Value) -> Result<SystemTime, DecodeError> {
    let seconds = claim.as_f64().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    seconds.and_then(|seconds| SystemTime::UNIX_EPOCH.checked_add(seconds)).ok_or_else(|| {
        DecodeError::invalid(format!("the claim `{name}` is not a NumericDate (RFC 7519 section 2)"))
    })
}
