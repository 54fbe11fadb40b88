use super::jws::{Header, Jws};
use super::key::VerificationKey;
use crate::shown_text::quoted;
use crate::token::DecodeError;

/// Most keys that one token is tried with. Each trial verifies a signature, and a forged token can omit `kid`. An issuer that
/// rotates its keys has the current, the next and the previous one; the fourth is for an extra rotation.
pub(in crate::token) const MAX_TRIED_KEYS: usize = 4;

/// The outcome of verifying a signature with a set of keys. Reasons go to the log.
pub(in crate::token) enum SignatureOutcome {
    Verified,
    /// No key would verify the signature, in this set or a later one.
    Invalid(&'static str),
    /// No key of this set verifies the signature. A key of a later set may.
    UnknownKey(UnknownKey),
}

/// Why no key verifies a signature.
#[derive(Clone, Copy)]
pub(in crate::token) enum UnknownKey {
    /// No key is for the `alg` of the header.
    Algorithm,
    /// No key for the `alg` of the header has its `kid`.
    Kid,
    /// No key that was tried verifies the signature, and none of them has the `kid` of the header.
    Signature,
}

impl UnknownKey {
    /// Returns the error of a token. `is_published` states whether the keys are those that the issuer publishes.
    pub(in crate::token) fn error(
        self,
        keys: &[VerificationKey],
        header: &Header,
        is_published: bool,
    ) -> DecodeError {
        let algorithm = header.algorithm;
        match self {
            Self::Algorithm if keys.is_empty() => {
                DecodeError::invalid("the issuer publishes no key that can be used")
            }
            Self::Algorithm => {
                let mut known = Vec::new();
                for key in keys.iter().map(|key| format!("`{:?}`", key.algorithm())) {
                    if !known.contains(&key) {
                        known.push(key);
                    }
                }
                DecodeError::invalid(format!(
                    "no key is for the header's `alg`, `{algorithm:?}`: the keys are for {}",
                    known.join(", ")
                ))
            }
            Self::Kid => {
                let owner =
                    if is_published { "the issuer publishes no key" } else { "the decoder has no key" };
                let kid = quoted(header.kid.as_deref().unwrap_or_default());
                DecodeError::invalid(format!("{owner} for `{algorithm:?}` with the token's `kid` {kid}"))
            }
            Self::Signature => DecodeError::invalid(NOT_VERIFIED),
        }
    }
}

const NOT_VERIFIED: &str = "the signature is not from a key of the issuer";
const TOO_MANY_KEYS: &str = "more than 4 keys are for the header's `alg`, and no `kid` selects one: have the issuer send \
                             `kid` in its tokens and its keys, or have fewer keys at a time";

/// Verifies the signature with the keys for the `alg` of the header: with the one that has its `kid`, or else with those that
/// have none, or with all if the header has no `kid`.
pub(in crate::token) fn verify(keys: &[VerificationKey], jws: &Jws<'_>, header: &Header) -> SignatureOutcome {
    let of_algorithm = || keys.iter().filter(|key| key.algorithm() == header.algorithm);
    if of_algorithm().next().is_none() {
        return SignatureOutcome::UnknownKey(UnknownKey::Algorithm);
    }
    let kid = header.kid.as_deref();
    // A `kid` is unique among the keys for one algorithm, so only one key has it.
    let named = kid.and_then(|kid| of_algorithm().find(|key| key.kid() == Some(kid)));
    let is_candidate = |key: &&VerificationKey| match named {
        Some(named) => std::ptr::eq(named, *key),
        None => kid.is_none() || key.kid().is_none(),
    };
    let candidates = || of_algorithm().filter(is_candidate);
    match candidates().count() {
        0 => return SignatureOutcome::UnknownKey(UnknownKey::Kid),
        // Trying the first four would make the result depend on the order of the keys.
        count if count > MAX_TRIED_KEYS => return SignatureOutcome::Invalid(TOO_MANY_KEYS),
        _ => {}
    }
    if candidates().any(|key| key.verifies(jws.message, jws.signature)) {
        SignatureOutcome::Verified
    } else if !jws.has_decodable_signature() {
        // Checked last: jsonwebtoken has decoded the signature already, but its error does not distinguish this case.
        SignatureOutcome::Invalid("the signature is not base64url without padding")
    } else if named.is_some() {
        SignatureOutcome::Invalid(NOT_VERIFIED)
    } else {
        SignatureOutcome::UnknownKey(UnknownKey::Signature)
    }
}
