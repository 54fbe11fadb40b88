use super::jws::{Header, Jws};
use super::key::VerificationKey;

/// Most keys that one token is tried with. Each trial verifies a signature, and a forged token can omit `kid`. An issuer that
/// rotates its keys has the current, the next and the previous one; the fourth is for an extra rotation.
pub(in crate::token) const MAX_TRIED_KEYS: usize = 4;

/// The outcome of verifying a signature with a set of keys. Reasons go to the log.
pub(in crate::token) enum SignatureOutcome {
    Verified,
    /// No key would verify the signature, in this set or a later one.
    Invalid(&'static str),
    /// No key of this set verifies the signature. A key of a later set may.
    UnknownKey(&'static str),
}

const NOT_VERIFIED: &str = "the signature is not from a key of the issuer";
const TOO_MANY_KEYS: &str = "more than 4 keys are for the header's `alg`, and no `kid` selects one: have the issuer send \
                             `kid` in its tokens and its keys, or have fewer keys at a time";

/// Verifies the signature with the keys for the `alg` of the header: with the one that has its `kid`, or else with those that
/// have none, or with all if the header has no `kid`.
pub(in crate::token) fn verify(keys: &[VerificationKey], jws: &Jws<'_>, header: &Header) -> SignatureOutcome {
    let of_algorithm = || keys.iter().filter(|key| key.algorithm() == header.algorithm);
    if of_algorithm().next().is_none() {
        return SignatureOutcome::UnknownKey("no key is for the header's `alg`");
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
        0 => return SignatureOutcome::UnknownKey("no key for the header's `alg` has its `kid`"),
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
        SignatureOutcome::UnknownKey(NOT_VERIFIED)
    }
}
