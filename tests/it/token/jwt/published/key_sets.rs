//! The keys of a set that are used.

use scopes_runtime::{Algorithm, Jwks};
use serde_json::{Value, json};

use super::super::super::loopback::Issuer;
use super::super::keys::jwk;
use super::{named, other_jwk, outcome};

#[tokio::test]
async fn unusable_keys_are_skipped() {
    let issuer = Issuer::start().await;
    let mut without_alg = named(Algorithm::RS256, "rsa");
    without_alg.as_object_mut().expect("an object").remove("alg");
    let mut curve_alone = named(Algorithm::ES384, "curve");
    curve_alone.as_object_mut().expect("an object").remove("alg");
    let private = json!({ "kty": "OKP", "crv": "Ed25519", "x": "AA", "d": "AA", "kid": "private" });
    let mut encryption = named(Algorithm::ES384, "encryption");
    encryption["use"] = "enc".into();
    let mut ambiguous = other_jwk();
    ambiguous["kid"] = "ambiguous".into();
    issuer.publishes(json!([
        { "kty": "AKP", "alg": "ML-DSA-44", "kid": "post-quantum" },
        "not a key",
        {},
        private,
        encryption,
        { "kty": "oct", "alg": "HS256", "k": "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc", "kid": "secret" },
        named(Algorithm::EdDSA, "twice"),
        otherwise(named(Algorithm::EdDSA, "twice")),
        named(Algorithm::PS384, "rsa twice"),
        otherwise(named(Algorithm::PS384, "rsa twice")),
        without_alg,
        named(Algorithm::PS256, "pss"),
        curve_alone,
        named(Algorithm::ES256, "good"),
        named(Algorithm::ES256, "good"),
        named(Algorithm::ES256, "ambiguous"),
        ambiguous,
    ]));
    let decoder = issuer.discovered();
    for (algorithm, kid, expected) in [
        (Algorithm::ES256, "good", "ok"),
        (Algorithm::RS256, "rsa", "ok"),
        (Algorithm::PS256, "rsa", "invalid"),
        (Algorithm::PS256, "pss", "ok"),
        (Algorithm::RS256, "pss", "invalid"),
        (Algorithm::ES384, "curve", "ok"),
        (Algorithm::EdDSA, "twice", "ok"),
        (Algorithm::PS384, "rsa twice", "ok"),
        (Algorithm::ES256, "ambiguous", "unavailable"),
        (Algorithm::ES384, "encryption", "unavailable"),
        (Algorithm::HS256, "secret", "invalid"),
    ] {
        assert_eq!(
            outcome(&decoder, &issuer.token(algorithm, Some(kid))).await,
            expected,
            "{algorithm:?} {kid}"
        );
    }
    let decoder = issuer.decoder_with(Jwks::discovery().rsa_algorithm(Algorithm::PS256));
    assert_eq!(outcome(&decoder, &issuer.token(Algorithm::PS256, Some("rsa"))).await, "ok");
    assert_eq!(outcome(&decoder, &issuer.token(Algorithm::RS256, Some("rsa"))).await, "invalid");
}

/// Returns the same key with other metadata.
fn otherwise(mut jwk: Value) -> Value {
    jwk["use"] = "sig".into();
    jwk["x-note"] = "another".into();
    jwk
}

/// `kid` is optional (RFC 7517 section 4.5), also while keys rotate.
#[tokio::test]
async fn keys_without_a_kid_are_all_tried() {
    let issuer = Issuer::start().await;
    issuer.publishes([other_jwk(), jwk(Algorithm::ES256)]);
    assert_eq!(outcome(&issuer.discovered(), &issuer.token(Algorithm::ES256, None)).await, "ok");
}

/// Unusable and repeated keys do not count.
#[tokio::test]
async fn at_most_64_usable_keys_are_used() {
    let issuer = Issuer::start().await;
    let unusable =
        (0..100).map(|number| json!({ "kty": "AKP", "alg": "ML-DSA-44", "kid": format!("p{number}") }));
    let usable = (0..65).map(|number| named(Algorithm::ES256, &format!("{number}")));
    issuer.publishes(unusable.chain(usable).collect::<Vec<_>>());
    let decoder = issuer.discovered();
    for (kid, expected) in [("0", "ok"), ("63", "ok"), ("64", "unavailable"), ("p0", "unavailable")] {
        assert_eq!(outcome(&decoder, &issuer.token(Algorithm::ES256, Some(kid))).await, expected, "{kid}");
    }
    issuer.publishes(vec![jwk(Algorithm::ES256); 100]);
    assert_eq!(outcome(&issuer.discovered(), &issuer.token(Algorithm::ES256, None)).await, "ok");
}
