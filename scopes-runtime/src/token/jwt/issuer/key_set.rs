use std::collections::{BTreeSet, HashMap, HashSet};

use jsonwebtoken::Algorithm;
use serde_json::{Map, Value};

use super::{key_issuer, split};
use crate::token::fetch::FetchError;
use crate::token::json;
use crate::token::jwt::key::{KeyError, VerificationKey};

/// Far more than any issuer has, so that trying all of them costs little.
const MAX_KEYS: usize = 64;
/// How many skipped keys of a set are logged.
const MAX_LOGGED: usize = 16;
/// How much of a `kid` is logged.
const MAX_KID_CHARS: usize = 64;

/// A JWK set (RFC 7517 section 5).
#[derive(Default)]
pub(super) struct KeySet {
    /// The keys that may verify access tokens. Those of one `kid` are for different algorithms.
    pub(super) keys: Vec<VerificationKey>,
    skipped: BTreeSet<Skipped>,
}

/// A key that is not used, which spoils no other.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Skipped {
    kid: Option<String>,
    /// Nothing that the issuer has sent.
    reason: String,
    /// The key is for something else, as the issuer says itself.
    is_expected: bool,
}

impl KeySet {
    /// Reads a text. Its keys are for the tokens of this issuer; this is the algorithm of RSA keys that name none.
    pub(super) fn read(text: &[u8], rsa: Algorithm, issuer: &str) -> Result<Self, FetchError> {
        let malformed = |reason: &str| FetchError::Malformed(format!("the key set {reason}"));
        let mut set = Self::default();
        let without_mark = text.strip_prefix("\u{feff}".as_bytes());
        if without_mark.is_some() {
            set.skip(None, "the byte order mark before the set is ignored");
        }
        let members = split::members(without_mark.unwrap_or(text));
        let members = members.ok_or_else(|| malformed("is not a JSON object"))?;
        let mut names = HashSet::new();
        if !members.iter().all(|(name, _)| names.insert(name)) {
            return Err(malformed("repeats a member name"));
        }
        let keys = members.iter().find(|(name, _)| name == "keys");
        let jwks = keys.and_then(|(_, keys)| split::elements(keys));
        for jwk in jwks.ok_or_else(|| malformed("has no array `keys`"))? {
            match json::object(jwk) {
                Ok(members) => set.add(jwk, &members, rsa, issuer),
                Err(malformed) => set.skip(None, format!("the JWK {malformed}")),
            }
        }
        set.drop_ambiguous();
        if set.keys.len() > MAX_KEYS {
            set.keys.truncate(MAX_KEYS);
            set.skip(None, format!("the set has more than {MAX_KEYS} keys that can be used"));
        }
        Ok(set)
    }

    fn add(&mut self, text: &[u8], jwk: &Map<String, Value>, rsa: Algorithm, issuer: &str) {
        let kid = jwk.get("kid").and_then(Value::as_str);
        let kty = jwk.get("kty").and_then(Value::as_str);
        if kty == Some("oct") {
            return self.skip(kid, "it is a secret, which must not be published");
        }
        if !jwk.get("issuer").is_none_or(|named| key_issuer::includes(named, issuer)) {
            return self.insert(kid, "it is for the tokens of another issuer", true);
        }
        let key = if kty == Some("RSA") && !jwk.contains_key("alg") {
            VerificationKey::from_jwk_for(rsa, text)
        } else {
            VerificationKey::from_jwk(text)
        };
        match key {
            // One key that is published twice, with other metadata for instance, is one key.
            Ok(key) if self.keys.iter().any(|other| other.is_same(&key)) => {}
            Ok(key) => self.keys.push(key),
            Err(error) => self.insert(kid, reason(&error), matches!(error, KeyError::JwkUse(_))),
        }
    }

    /// Drops keys that a token cannot tell apart. Those without a `kid` stay, and are all tried.
    fn drop_ambiguous(&mut self) {
        let name = |key: &VerificationKey| Some((key.kid()?.to_owned(), key.algorithm()));
        let mut counts = HashMap::new();
        for name in self.keys.iter().filter_map(name) {
            *counts.entry(name).or_insert(0) += 1;
        }
        let is_ambiguous = |key: &VerificationKey| name(key).is_some_and(|name| counts[&name] > 1);
        for key in self.keys.extract_if(.., |key| is_ambiguous(key)).collect::<Vec<_>>() {
            self.skip(key.kid(), "other keys have the same `kid` and algorithm");
        }
    }

    fn skip(&mut self, kid: Option<&str>, reason: impl Into<String>) {
        self.insert(kid, reason, false);
    }

    fn insert(&mut self, kid: Option<&str>, reason: impl Into<String>, is_expected: bool) {
        let kid = kid.map(|kid| match kid.char_indices().nth(MAX_KID_CHARS) {
            Some((end, _)) => format!("{}…", &kid[..end]),
            None => kid.to_owned(),
        });
        self.skipped.insert(Skipped { kid, reason: reason.into(), is_expected });
    }

    /// Whether the issuer has not changed its keys. Their order says nothing.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        let is_in_other = |key: &VerificationKey| other.keys.iter().any(|other| other.is_same(key));
        self.keys.len() == other.keys.len()
            && self.keys.iter().all(is_in_other)
            && self.skipped == other.skipped
    }

    /// Logs what is not used. A key that is for something else is no reason for a warning, unless there is no other.
    pub(super) fn log(&self, location: &impl std::fmt::Display) {
        for Skipped { kid, reason, is_expected } in self.skipped.iter().take(MAX_LOGGED) {
            if *is_expected && !self.keys.is_empty() {
                tracing::debug!(%location, kid, reason, "a key of an issuer is not used");
            } else {
                tracing::warn!(%location, kid, reason, "a key of an issuer is not used");
            }
        }
        if let Some(more) = self.skipped.len().checked_sub(MAX_LOGGED).filter(|more| *more > 0) {
            tracing::warn!(%location, "{more} more keys of an issuer are not used");
        }
        if self.keys.is_empty() {
            tracing::warn!(%location, "an issuer publishes no key that can be used");
        }
    }
}

/// Why a key cannot be used, without what the issuer has sent.
fn reason(error: &KeyError) -> String {
    match error {
        KeyError::UnsupportedType(_) => "keys of this type are not supported".to_owned(),
        KeyError::JwkAlgorithm(_) => "the JWK's `alg` is not supported".to_owned(),
        other => other.to_string(),
    }
}

/// The usable keys of a text. Where there is an issuer nobody asks for them here; this is how tests read many sets.
pub fn usable_keys(text: &[u8]) -> Option<Vec<VerificationKey>> {
    KeySet::read(text, Algorithm::RS256, "").ok().map(|set| set.keys)
}
