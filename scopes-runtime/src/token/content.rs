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
    texts: Texts,
    pub(super) expires_at: Option<SystemTime>,
    pub(super) authenticated_at: Option<SystemTime>,
    pub(super) confirmation: Option<Box<Confirmation>>,
}

/// The claims that are strings, in one allocation.
#[derive(Clone)]
struct Texts {
    joined: Box<str>,
    /// The end of each in `joined`. It begins at the end of the last one before it that is not `None`.
    ends: [Option<u32>; 5],
}

/// A claim that is a string.
#[derive(Clone, Copy)]
pub(super) enum TextClaim {
    Issuer,
    Subject,
    ClientId,
    Id,
    Acr,
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
        size_of::<Self>() + claims + self.known.texts.joined.len() + ALLOCATION_OVERHEAD + self.scopes.size()
    }
}

impl KnownClaims {
    pub(super) fn text(&self, claim: TextClaim) -> Option<&str> {
        self.texts.get(claim)
    }

    /// Reads the claims. `client_claim` is the name of the claim with the client id.
    pub(super) fn read(claims: &Map<String, Value>, client_claim: &str) -> Result<Self, DecodeError> {
        let date_of = |name| claims.get(name).map(|claim| numeric_date(name, claim)).transpose();
        Ok(Self {
            texts: Texts::read(claims, ["iss", "sub", client_claim, "jti", "acr"])?,
            expires_at: date_of("exp")?,
            authenticated_at: date_of("auth_time")?,
            confirmation: claims.get("cnf").map(Confirmation::read).transpose()?.map(Box::new),
        })
    }
}

impl Texts {
    /// Reads the claims with these names, in the order of [`TextClaim`].
    fn read(claims: &Map<String, Value>, names: [&str; 5]) -> Result<Self, DecodeError> {
        let (mut joined, mut ends) = (String::new(), [None; 5]);
        for (name, end) in names.iter().zip(&mut ends) {
            let Some(claim) = claims.get(*name) else { continue };
            let text = claim.as_str();
            joined.push_str(
                text.ok_or_else(|| DecodeError::invalid(format!("the claim `{name}` is not a string")))?,
            );
            *end = Some(
                u32::try_from(joined.len())
                    .map_err(|_| DecodeError::invalid("the claims are longer than 4 GiB"))?,
            );
        }
        Ok(Self { joined: joined.into(), ends })
    }

    fn get(&self, claim: TextClaim) -> Option<&str> {
        let (before, from) = self.ends.split_at(claim as usize);
        let start = before.iter().rev().find_map(|end| *end).unwrap_or(0);
        from[0].map(|end| &self.joined[start as usize..end as usize])
    }
}

/// Reads a NumericDate (RFC 7519 section 2).
pub(super) fn numeric_date(name: &str, claim: &Value) -> Result<SystemTime, DecodeError> {
    let seconds = claim.as_f64().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    seconds.and_then(|seconds| SystemTime::UNIX_EPOCH.checked_add(seconds)).ok_or_else(|| {
        DecodeError::invalid(format!("the claim `{name}` is not a NumericDate (RFC 7519 section 2)"))
    })
}
