//! What an access token contains: its claims and scopes.

#[cfg(feature = "_jwt")]
use std::sync::Arc;
use std::time::{Duration, SystemTime};

#[cfg(feature = "_jwt")]
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::de::DeserializeOwned;
#[cfg(feature = "_jwt")]
use serde::de::Error as _;
use serde_json::Map;

use super::confirmation::Confirmation;
use super::error::DecodeError;
use super::json::{Object, Value};
use crate::scope::GrantedScopes;

/// Most bytes that the allocator adds to a string.
#[cfg(feature = "_jwt")]
const ALLOCATION_OVERHEAD: usize = 24;

/// What the clones of a token share.
#[derive(Clone)]
pub(super) struct TokenContent {
    pub(super) claims: ClaimsSource,
    pub(super) registered: RegisteredClaims,
    pub(super) scopes: GrantedScopes,
}

/// Where all claims of a token are stored. Caches contain many tokens, and parsed claims take several times the memory of their
/// text.
#[derive(Clone)]
pub(super) enum ClaimsSource {
    /// The compact JWT, verified. The key of its cache entry shares this allocation.
    #[cfg(feature = "_jwt")]
    Jwt(Arc<[u8]>),
    /// A JSON object without repeated names.
    #[cfg(feature = "issuer")]
    Json(Box<[u8]>),
    /// From `AccessToken::new`.
    Map(Map<String, serde_json::Value>),
}

/// The claims that methods return.
#[derive(Clone)]
pub(super) struct RegisteredClaims {
    strings: StringClaims,
    pub(super) expires_at: Option<SystemTime>,
    pub(super) authenticated_at: Option<SystemTime>,
    pub(super) confirmation: Option<Box<Confirmation>>,
}

/// The claims that are strings, in one allocation.
#[derive(Clone)]
struct StringClaims {
    joined: Box<str>,
    /// Where each claim ends in `joined`; `None` for an absent claim. A claim begins where the previous present one ends.
    ends: [Option<u32>; StringClaim::COUNT],
}

/// A claim that is a string.
#[derive(Clone, Copy)]
pub(super) enum StringClaim {
    Issuer,
    Subject,
    ClientId,
    Id,
    Acr,
}

impl StringClaim {
    const COUNT: usize = Self::Acr as usize + 1;
}

impl ClaimsSource {
    pub(super) fn parse<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        match self {
            #[cfg(feature = "_jwt")]
            Self::Jwt(jwt) => {
                let payload = jwt.split(|byte| *byte == b'.').nth(1).unwrap_or_default();
                let text = BASE64_URL_SAFE_NO_PAD.decode(payload).map_err(serde_json::Error::custom)?;
                serde_json::from_slice(&text)
            }
            #[cfg(feature = "issuer")]
            Self::Json(text) => serde_json::from_slice(text),
            Self::Map(claims) => T::deserialize(claims),
        }
    }
}

impl TokenContent {
    /// Returns about how many bytes the content takes in memory, without a JWT, which the cache counts.
    #[cfg(feature = "_jwt")]
    pub(super) fn size(&self) -> usize {
        let claims = match &self.claims {
            ClaimsSource::Jwt(_) => 0,
            #[cfg(feature = "issuer")]
            ClaimsSource::Json(text) => text.len(),
            // This crate caches no token with these.
            ClaimsSource::Map(_) => 0,
        };
        size_of::<Self>()
            + claims
            + self.registered.strings.joined.len()
            + ALLOCATION_OVERHEAD
            + self.scopes.size()
    }
}

impl RegisteredClaims {
    pub(super) fn string(&self, claim: StringClaim) -> Option<&str> {
        self.strings.get(claim)
    }

    /// Reads the claims of a map, without a copy of the others.
    pub(super) fn of_map(claims: &Map<String, serde_json::Value>) -> Result<Self, DecodeError> {
        const NAMES: [&str; 8] = ["iss", "sub", "client_id", "jti", "acr", "exp", "auth_time", "cnf"];
        let members = claims.iter().filter(|(name, _)| NAMES.contains(&name.as_str()));
        Self::read(&members.collect(), "client_id")
    }

    /// Reads the claims. `client_claim` is the name of the claim with the client id.
    pub(super) fn read(claims: &Object<'_>, client_claim: &str) -> Result<Self, DecodeError> {
        let date_of = |name| claims.get(name).map(|claim| numeric_date(name, claim)).transpose();
        Ok(Self {
            strings: StringClaims::read(claims, ["iss", "sub", client_claim, "jti", "acr"])?,
            expires_at: date_of("exp")?,
            authenticated_at: date_of("auth_time")?,
            confirmation: claims.get("cnf").map(Confirmation::read).transpose()?.map(Box::new),
        })
    }
}

impl StringClaims {
    /// Reads the claims with these names, in the order of [`StringClaim`].
    fn read(claims: &Object<'_>, names: [&str; StringClaim::COUNT]) -> Result<Self, DecodeError> {
        let mut texts = [None; StringClaim::COUNT];
        for (name, text) in names.iter().zip(&mut texts) {
            let Some(claim) = claims.get(name) else { continue };
            let claim = claim.as_str();
            *text = Some(
                claim.ok_or_else(|| DecodeError::invalid(format!("the claim `{name}` is not a string")))?,
            );
        }
        let bytes = texts.iter().flatten().map(|text| text.len()).sum();
        let (mut joined, mut ends) = (String::with_capacity(bytes), [None; StringClaim::COUNT]);
        for (text, end) in texts.iter().zip(&mut ends) {
            let Some(text) = text else { continue };
            joined.push_str(text);
            *end = Some(
                u32::try_from(joined.len())
                    .map_err(|_| DecodeError::invalid("the claims are longer than 4 GiB"))?,
            );
        }
        Ok(Self { joined: joined.into(), ends })
    }

    fn get(&self, claim: StringClaim) -> Option<&str> {
        let (before, from) = self.ends.split_at(claim as usize);
        let start = before.iter().rev().find_map(|end| *end).unwrap_or(0);
        from[0].map(|end| &self.joined[start as usize..end as usize])
    }
}

/// Reads a NumericDate (RFC 7519 section 2).
pub(super) fn numeric_date(name: &str, claim: &Value<'_>) -> Result<SystemTime, DecodeError> {
    let seconds = claim.as_f64().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    seconds.and_then(|seconds| SystemTime::UNIX_EPOCH.checked_add(seconds)).ok_or_else(|| {
        DecodeError::invalid(format!("the claim `{name}` is not a NumericDate (RFC 7519 section 2)"))
    })
}
