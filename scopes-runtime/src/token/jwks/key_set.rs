use std::collections::{BTreeSet, HashMap, HashSet};

use jsonwebtoken::Algorithm;

use super::{entra_issuer, json_parts};
use crate::token::fetch::FetchError;
use crate::token::jose::{KeyError, VerificationKey};
use crate::token::json::{self, Object, Value};

/// Most keys of a set that are used. Issuers publish fewer than ten.
const MAX_KEYS: usize = 64;
/// Most skipped keys of a set that are logged.
const MAX_LOGGED: usize = 16;
/// Longest part of a `kid` that is logged, in characters.
const MAX_KID_CHARS: usize = 64;

/// The target of events about the keys of issuers.
pub(super) const EVENTS: &str = "scopes_runtime::keys";

/// A JWK set (RFC 7517 section 5).
#[derive(Default)]
pub(super) struct KeySet {
    /// The usable keys. Two keys with the same `kid` are for different algorithms.
    pub(super) keys: Vec<VerificationKey>,
    skipped: BTreeSet<SkippedKey>,
}

/// A key that is not used. The other keys of the set still are.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct SkippedKey {
    kid: Option<String>,
    /// Contains no text from the response.
    reason: String,
    /// The issuer marks the key as one for another purpose or issuer.
    is_expected: bool,
}

impl KeySet {
    /// Reads the JSON text of a set. Skips keys of other issuers than `issuer`; `rsa_algorithm` is that of RSA keys without
    /// `alg`.
    pub(super) fn read(text: &[u8], rsa_algorithm: Algorithm, issuer: &str) -> Result<Self, FetchError> {
        let invalid = |reason: &str| FetchError::InvalidDocument(format!("the key set {reason}"));
        let mut set = Self::default();
        let without_mark = text.strip_prefix("\u{feff}".as_bytes());
        if without_mark.is_some() {
            set.skip(None, "the byte order mark before the set is ignored");
        }
        let members = json_parts::members(without_mark.unwrap_or(text));
        let members = members.ok_or_else(|| invalid("is not a JSON object"))?;
        let mut names = HashSet::new();
        if !members.iter().all(|(name, _)| names.insert(name)) {
            return Err(invalid("repeats a member name"));
        }
        let keys = members.iter().find(|(name, _)| name == "keys");
        let jwks = keys.and_then(|(_, keys)| json_parts::elements(keys));
        for jwk in jwks.ok_or_else(|| invalid("has no array `keys`"))? {
            match json::object(jwk) {
                Ok(members) => set.add(&members, rsa_algorithm, issuer),
                Err(error) => set.skip(None, format!("the JWK {error}")),
            }
        }
        set.drop_ambiguous();
        if set.keys.len() > MAX_KEYS {
            set.keys.truncate(MAX_KEYS);
            set.skip(None, format!("the set has more than {MAX_KEYS} keys that can be used"));
        }
        Ok(set)
    }

    fn add(&mut self, jwk: &Object<'_>, rsa_algorithm: Algorithm, issuer: &str) {
        let kid = jwk.get("kid").and_then(Value::as_str);
        if jwk.get("kty").and_then(Value::as_str) == Some("oct") {
            return self.skip(kid, "it is a secret, which must not be published");
        }
        if !jwk.get("issuer").is_none_or(|named| entra_issuer::includes(named, issuer)) {
            return self.insert(kid, "it is for the tokens of another issuer", true);
        }
        match VerificationKey::from_jwk_members(jwk, rsa_algorithm) {
            // The same key may be published twice, for example with different certificates.
            Ok(key) if self.keys.iter().any(|other| other.is_same(&key)) => {}
            Ok(key) => self.keys.push(key),
            Err(error) => self.insert(kid, reason(&error), matches!(error, KeyError::JwkUse(_))),
        }
    }

    /// Drops keys with the same `kid` and algorithm: a token does not identify one of them. Keys without `kid` stay.
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
        self.skipped.insert(SkippedKey { kid, reason: reason.into(), is_expected });
    }

    /// Returns whether two sets have the same keys, in any order.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        let is_in_other = |key: &VerificationKey| other.keys.iter().any(|other| other.is_same(key));
        self.keys.len() == other.keys.len()
            && self.keys.iter().all(is_in_other)
            && self.skipped == other.skipped
    }

    /// Logs the skipped keys. A key for another purpose is a warning only if there is no usable key.
    pub(super) fn log(&self, location: &impl std::fmt::Display) {
        for SkippedKey { kid, reason, is_expected } in self.skipped.iter().take(MAX_LOGGED) {
            if *is_expected && !self.keys.is_empty() {
                tracing::debug!(%location, kid, reason, "a key of an issuer is not used");
            } else {
                tracing::warn!(target: EVENTS, %location, kid, reason, "a key of an issuer is not used");
            }
        }
        if let Some(more) = self.skipped.len().checked_sub(MAX_LOGGED).filter(|more| *more > 0) {
            tracing::warn!(target: EVENTS, %location, "{more} more keys of an issuer are not used");
        }
        if self.keys.is_empty() {
            tracing::warn!(target: EVENTS, %location, "an issuer publishes no key that can be used");
        }
    }
}

/// Returns why a key cannot be used, without text from the response.
fn reason(error: &KeyError) -> String {
    match error {
        KeyError::UnsupportedType(_) => "keys of this type are not supported".to_owned(),
        KeyError::JwkAlgorithm(_) => "the JWK's `alg` is not supported".to_owned(),
        other => other.to_string(),
    }
}

/// Returns the usable keys of a set. For tests that read many sets without an issuer.
pub fn usable_keys(text: &[u8]) -> Option<Vec<VerificationKey>> {
    KeySet::read(text, Algorithm::RS256, "").ok().map(|set| set.keys)
}
