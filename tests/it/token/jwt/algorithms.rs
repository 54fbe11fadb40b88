use base64ct::{Base64UrlUnpadded, Encoding as _};
use jsonwebtoken::EncodingKey;
use scopes_runtime::{Algorithm, JwtDecoder, VerificationKey};
use serde_json::json;

use super::issuer::{SECRET, accept, base64url, builder, claims, refuse, secret_key, sign_with};
use super::keys::{ALL, der, jwk, pem, public_pem, signing};

fn decoder(key: VerificationKey) -> JwtDecoder {
    builder().key(key).build().expect("a complete decoder")
}

fn header(algorithm: Algorithm) -> String {
    json!({ "alg": format!("{algorithm:?}"), "typ": "at+jwt" }).to_string()
}

fn token(algorithm: Algorithm) -> String {
    sign_with(algorithm, &signing(algorithm), header(algorithm), claims().to_string())
}

/// Returns the key from each of its formats.
fn sources(algorithm: Algorithm) -> Vec<(&'static str, VerificationKey)> {
    let mut jwk_without_alg = jwk(algorithm);
    jwk_without_alg.as_object_mut().expect("an object").remove("alg").expect("an `alg`");
    let mut sources = vec![
        ("JWK", VerificationKey::from_jwk(jwk(algorithm).to_string())),
        ("JWK and algorithm", VerificationKey::from_jwk_for(algorithm, jwk(algorithm).to_string())),
        ("JWK without alg", VerificationKey::from_jwk_for(algorithm, jwk_without_alg.to_string())),
    ];
    if let Some(pem) = public_pem(algorithm) {
        let one_line = pem
            .trim()
            .lines()
            .map(|line| if line.starts_with('-') { format!("\n{line}\n") } else { line.to_owned() });
        let one_line: String = one_line.collect();
        sources.push(("PEM", VerificationKey::from_pem(algorithm, pem)));
        sources.push(("PEM with CRLF", VerificationKey::from_pem(algorithm, pem.replace('\n', "\r\n"))));
        sources.push(("PEM in one line", VerificationKey::from_pem(algorithm, one_line.trim())));
        sources
            .push(("PEM between blank lines", VerificationKey::from_pem(algorithm, format!("\n{pem}\n\n"))));
        sources.push(("DER", VerificationKey::from_der(algorithm, der(pem))));
        if pem == pem!("rsa-public") {
            sources.push(("PKCS#1 PEM", VerificationKey::from_pem(algorithm, pem!("rsa-pkcs1-public"))));
        }
    } else {
        sources.push(("secret", VerificationKey::from_secret(algorithm, SECRET)));
    }
    sources
        .into_iter()
        .map(|(source, key)| {
            (source, key.unwrap_or_else(|error| panic!("{algorithm:?} from {source}: {error}")))
        })
        .collect()
}

#[tokio::test]
async fn every_algorithm_verifies_with_every_key_format() {
    for algorithm in ALL {
        let token = token(algorithm);
        for (_, key) in sources(algorithm) {
            accept(&decoder(key), &token).await;
        }
    }
}

/// Some issuers copy the sign octet of DER into their JWKs.
#[tokio::test]
async fn an_rsa_jwk_with_leading_zeros_verifies() {
    let mut jwk = jwk(Algorithm::RS256);
    for name in ["n", "e"] {
        let number = Base64UrlUnpadded::decode_vec(jwk[name].as_str().expect("a string")).expect("base64url");
        jwk[name] = json!(base64url(&[&[0][..], &number].concat()));
    }
    let key = VerificationKey::from_jwk(jwk.to_string()).expect("a key of 2048 bits");
    accept(&decoder(key), &token(Algorithm::RS256)).await;
}

#[tokio::test]
async fn a_key_verifies_only_its_algorithm() {
    for of_key in ALL {
        let (_, key) = sources(of_key).swap_remove(0);
        let decoder = decoder(key);
        for of_token in ALL.into_iter().filter(|algorithm| *algorithm != of_key) {
            let reason = refuse(&decoder, &token(of_token)).await;
            let expected =
                format!("no key is for the header's `alg`, `{of_token:?}`: the keys are for `{of_key:?}`");
            assert_eq!(reason, expected);
            // The same signature with the `alg` of the key.
            let forged = sign_with(of_token, &signing(of_token), header(of_key), claims().to_string());
            let reason = refuse(&decoder, &forged).await;
            assert_eq!(reason, "the signature is not from a key of the issuer", "{of_token:?} as {of_key:?}");
        }
    }
}

#[tokio::test]
async fn another_key_of_the_same_type_does_not_verify() {
    let reason = "the signature is not from a key of the issuer";
    let other = EncodingKey::from_secret(&[8; 32]);
    let forged = sign_with(Algorithm::HS256, &other, header(Algorithm::HS256), claims().to_string());
    assert_eq!(refuse(&decoder(secret_key(Algorithm::HS256)), &forged).await, reason);

    let other = EncodingKey::from_ec_der(&der(pem!("p256-other")));
    let forged = sign_with(Algorithm::ES256, &other, header(Algorithm::ES256), claims().to_string());
    let (_, key) = sources(Algorithm::ES256).swap_remove(0);
    assert_eq!(refuse(&decoder(key), &forged).await, reason);
}

/// RFC 9864 section 2.2 replaces `EdDSA` by `Ed25519`; for keys on this curve they are the same.
#[tokio::test]
async fn ed25519_and_eddsa_are_the_same_in_tokens_and_keys() {
    let jwk = |name: Option<&str>| {
        let mut jwk = jwk(Algorithm::EdDSA);
        match name {
            Some(name) => jwk["alg"] = name.into(),
            None => drop(jwk.as_object_mut().expect("an object").remove("alg")),
        }
        jwk.to_string()
    };
    let names = ["Ed25519", "EdDSA"];
    let keys = [Some(names[0]), Some(names[1]), None].map(jwk);
    for key in keys {
        for key in [VerificationKey::from_jwk(&key), VerificationKey::from_jwk_for(Algorithm::EdDSA, &key)] {
            let decoder = decoder(key.expect("a key"));
            for name in names {
                let header = json!({ "alg": name, "typ": "at+jwt" }).to_string();
                let key = signing(Algorithm::EdDSA);
                let token = sign_with(Algorithm::EdDSA, &key, header, claims().to_string());
                accept(&decoder, &token).await;
            }
            for name in ["ed25519", "ED25519", "Ed448", "Ed25519ph"] {
                let header = json!({ "alg": name, "typ": "at+jwt" }).to_string();
                let token =
                    sign_with(Algorithm::EdDSA, &signing(Algorithm::EdDSA), header, claims().to_string());
                let reason = refuse(&decoder, &token).await;
                assert!(reason.starts_with("the header's `alg` is not the name of"), "{reason}");
            }
        }
    }
    let mut ec = super::keys::jwk(Algorithm::ES256);
    ec["alg"] = "Ed25519".into();
    assert!(VerificationKey::from_jwk(ec.to_string()).is_err());
}

/// Only the backend checks whether the 32 bytes are the y of a point.
#[tokio::test]
async fn an_ed25519_key_that_is_not_a_point_verifies_nothing() {
    let mut jwk = jwk(Algorithm::EdDSA);
    let length = jwk["x"].as_str().expect("a string").len();
    jwk["x"] = json!("_".repeat(length - 1) + "w");
    let key = VerificationKey::from_jwk(jwk.to_string()).expect("a key of the right length");
    let reason = refuse(&decoder(key), &token(Algorithm::EdDSA)).await;
    assert_eq!(reason, "the signature is not from a key of the issuer");
}

/// RFC 8725 section 2.1: tokens signed with HMAC and the public key as the secret.
#[tokio::test]
async fn a_public_key_does_not_verify_as_an_hmac_secret() {
    let (pem, public_der) = (pem!("rsa-public"), der(pem!("rsa-public")));
    let jwk = jwk(Algorithm::RS256).to_string();
    let rsa = || VerificationKey::from_pem(Algorithm::RS256, pem).expect("a public key");
    let asymmetric = decoder(rsa());
    let mixed = builder().key(rsa()).key(secret_key(Algorithm::HS256)).build().expect("a complete decoder");
    accept(&asymmetric, &token(Algorithm::RS256)).await;
    accept(&mixed, &token(Algorithm::RS256)).await;
    accept(&mixed, &token(Algorithm::HS256)).await;
    for secret in [pem.as_bytes(), pem.trim().as_bytes(), &public_der, jwk.as_bytes()] {
        let key = EncodingKey::from_secret(secret);
        let forged = sign_with(Algorithm::HS256, &key, header(Algorithm::HS256), claims().to_string());
        let no_key = "no key is for the header's `alg`, `HS256`: the keys are for `RS256`";
        assert_eq!(refuse(&asymmetric, &forged).await, no_key);
        assert_eq!(refuse(&mixed, &forged).await, "the signature is not from a key of the issuer");
        let forged = sign_with(Algorithm::HS256, &key, header(Algorithm::RS256), claims().to_string());
        assert_eq!(refuse(&asymmetric, &forged).await, "the signature is not from a key of the issuer");
    }
}

/// RFC 8725 section 3.10: the header of a token is not a trusted source of keys.
#[tokio::test]
async fn keys_in_the_header_are_ignored() {
    let attacker = [9; 64];
    let jwk = json!({ "kty": "oct", "k": base64url(&attacker), "alg": "HS256" });
    let header = json!({
        "alg": "HS256", "typ": "at+jwt", "jwk": jwk, "jku": "https://evil.example/keys",
        "x5u": "https://evil.example/chain", "x5c": ["AA=="],
    });
    let decoder = decoder(secret_key(Algorithm::HS256));
    let sign = |key| sign_with(Algorithm::HS256, &key, header.to_string(), claims().to_string());
    let reason = refuse(&decoder, &sign(EncodingKey::from_secret(&attacker))).await;
    assert_eq!(reason, "the signature is not from a key of the issuer");
    accept(&decoder, &sign(EncodingKey::from_secret(&SECRET))).await;
}
