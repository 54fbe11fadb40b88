//! Public keys that are refused.

use scopes_runtime::{Algorithm, VerificationKey};
use serde_json::json;

use super::construction::refusal;
use super::issuer::{SECRET, base64url};
use super::keys::{ALL, der, jwk, pem, public_pem};

const PRIVATE: &str = "this is a private key, which is for the issuer alone: give its public key, which `openssl pkey \
                       -in private.pem -pubout` prints";
const CERTIFICATE: &str = "this is a certificate, and certificates are not verified here: give its public key, which `openssl \
                           x509 -in certificate.pem -noout -pubkey` prints";
const NOT_PEM: &str = "this is not a public key in PEM: give one document from `-----BEGIN PUBLIC KEY-----` to \
                       `-----END PUBLIC KEY-----` (or `RSA PUBLIC KEY`) with its line breaks";
const NOT_DER: &str = "this is not a public key in DER: give a SubjectPublicKeyInfo, which `openssl pkey -pubin -in \
                       public.pem -outform DER` writes (`from_pem` reads the PEM itself)";

fn unsupported(name: &str) -> String {
    format!(
        "keys of type `{name}` are not supported: give an RSA key, an EC key on P-256 or P-384, or an Ed25519 key"
    )
}

#[test]
fn a_key_of_another_type_is_an_error() {
    let needed = |algorithm| match algorithm {
        Algorithm::HS256 | Algorithm::HS384 | Algorithm::HS512 => "a shared secret",
        Algorithm::ES256 => "an EC public key on P-256",
        Algorithm::ES384 => "an EC public key on P-384",
        Algorithm::EdDSA => "an Ed25519 public key",
        _ => "an RSA public key",
    };
    let mut refused = 0;
    for (of_key, algorithm) in ALL.into_iter().flat_map(|of_key| ALL.map(|algorithm| (of_key, algorithm))) {
        let mut jwk = jwk(of_key);
        jwk["alg"] = json!(format!("{algorithm:?}"));
        let mut keys = vec![VerificationKey::from_jwk(jwk.to_string())];
        match public_pem(of_key) {
            None => keys.push(VerificationKey::from_secret(algorithm, SECRET)),
            Some(pem) => {
                keys.push(VerificationKey::from_pem(algorithm, pem));
                keys.push(VerificationKey::from_der(algorithm, der(pem)));
            }
        }
        for key in keys {
            if needed(of_key) == needed(algorithm) {
                key.expect("a key of the same type");
                continue;
            }
            let reason = format!(
                "{algorithm:?} needs {}, but this is {}: name the algorithm that the issuer signs with, or give the \
                 key that it uses",
                needed(algorithm),
                needed(of_key)
            );
            assert_eq!(refusal(key), reason);
            refused += 1;
        }
    }
    // 3 HMAC, 6 RSA, 2 EC and 1 Ed25519 algorithms with each of the others, from 2 (HMAC) or 3 formats.
    assert_eq!(refused, 3 * 9 * 2 + (6 * 6 + 2 * 11 + 11) * 3);
}

#[test]
fn pem_without_a_public_key_is_an_error() {
    let encrypted = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----";
    let label = pem!("p256-public").replace("PUBLIC KEY", "EC PARAMETERS");
    let two = format!("{0}{0}", pem!("p256-public"));
    let bundle = format!("{}{}", pem!("certificate"), pem!("rsa"));
    for (pem, reason) in [
        (pem!("rsa"), PRIVATE),
        (pem!("p256"), PRIVATE),
        (pem!("p256-with-parameters"), PRIVATE),
        (pem!("ed25519"), PRIVATE),
        (encrypted, PRIVATE),
        (&bundle, PRIVATE),
        (pem!("certificate"), CERTIFICATE),
        (&label, NOT_PEM),
        (&two, NOT_PEM),
        ("", NOT_PEM),
        ("a secret", NOT_PEM),
        (&pem!("p256-public").replace('\n', ""), NOT_PEM),
        (&pem!("p256-public").replace("MF", "M!"), NOT_PEM),
        (&pem!("p256-public").replace("-----END PUBLIC KEY-----", ""), NOT_PEM),
        ("-----BEGIN PUBLIC KEY-----\n\n-----END PUBLIC KEY-----", NOT_PEM),
        ("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", NOT_DER),
        (&pem!("rsa-pkcs1-public").replace("RSA ", ""), NOT_DER),
        (&pem!("rsa-public").replace("PUBLIC", "RSA PUBLIC"), NOT_DER),
    ] {
        assert_eq!(refusal(VerificationKey::from_pem(Algorithm::RS256, pem)), reason, "{pem}");
    }
}

#[test]
fn der_without_a_public_key_is_an_error() {
    let public = der(pem!("rsa-public"));
    let two = [&public[..], &public].concat();
    for (der, reason) in [
        (der(pem!("rsa")), PRIVATE),
        (der(pem!("p256")), PRIVATE),
        (der(pem!("ed25519")), PRIVATE),
        (
            der(&pem!("p256-with-parameters")
                [pem!("p256-with-parameters").find("-----BEGIN EC PR").expect("there")..]),
            PRIVATE,
        ),
        (der(pem!("certificate")), CERTIFICATE),
        (der(pem!("rsa-pkcs1-public")), NOT_DER),
        (pem!("rsa-public").as_bytes().to_vec(), NOT_DER),
        (public[..public.len() - 1].to_vec(), NOT_DER),
        (two, NOT_DER),
        (vec![], NOT_DER),
        (vec![0x30, 2, 0x30, 0], NOT_DER),
        (vec![0x30, 3, 1, 1, 0], NOT_DER),
        (vec![0x30, 4, 4, 2, 0xA0, 0], NOT_DER),
        (vec![0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF], NOT_DER),
        (vec![0x30; 100_000], NOT_DER),
    ] {
        assert_eq!(refusal(VerificationKey::from_der(Algorithm::RS256, &der)), reason, "{der:?}");
    }
}

#[test]
fn keys_of_unsupported_types_are_errors() {
    for (pem, oid) in [
        (pem!("secp256k1-public"), "1.3.132.0.10"),
        (pem!("ed448-public"), "1.3.101.113"),
        (pem!("rsa-pss-public"), "1.2.840.113549.1.1.10"),
    ] {
        assert_eq!(refusal(VerificationKey::from_pem(Algorithm::ES256, pem)), unsupported(oid));
    }
    for (jwk, name) in [
        (json!({ "kty": "EC", "crv": "P-521", "x": "AA", "y": "AA" }), "P-521"),
        (json!({ "kty": "EC", "crv": "secp256k1", "x": "AA", "y": "AA" }), "secp256k1"),
        (json!({ "kty": "OKP", "crv": "X25519", "x": "AA" }), "X25519"),
        (json!({ "kty": "rsa", "n": "AA", "e": "AQAB" }), "rsa"),
    ] {
        assert_eq!(refusal(VerificationKey::from_jwk(jwk.to_string())), unsupported(name));
    }
}

#[test]
fn weak_and_malformed_keys_are_errors() {
    let bits =
        |bits| format!("this RSA key has {bits} bits: give one of 2048 (RFC 7518 section 3.3) to 8192 bits");
    let rsa = |modulus: &[u8], exponent: &[u8]| {
        let jwk = json!({ "kty": "RSA", "n": base64url(modulus), "e": base64url(exponent) });
        VerificationKey::from_jwk_for(Algorithm::RS256, jwk.to_string())
    };
    let e = [1, 0, 1];
    assert_eq!(refusal(VerificationKey::from_pem(Algorithm::RS256, pem!("rsa1024-public"))), bits(1024));
    assert_eq!(refusal(rsa(&[&[0x7F][..], &[0xFF; 255]].concat(), &e)), bits(2047));
    assert_eq!(refusal(rsa(&[&[0; 256][..], &[0xFF; 128]].concat(), &e)), bits(1024));
    assert_eq!(refusal(rsa(&[&[1][..], &[0xFF; 1024]].concat(), &e)), bits(8193));
    assert_eq!(refusal(rsa(&[0; 256], &e)), bits(0));
    rsa(&[0xFF; 256], &e).expect("2048 bits");
    rsa(&[0xFF; 256], &[3]).expect("the least exponent");
    let exponent = "this RSA key has an unsafe public exponent: give one with the usual 65537";
    for e in [&[0][..], &[1], &[2], &[1, 0, 0], &[2, 0, 0, 0, 1], &[1, 0, 0, 0, 0, 0, 1, 0, 1]] {
        assert_eq!(refusal(rsa(&[0xFF; 256], e)), exponent, "{e:?}");
    }

    let no_point = "this EC key is not an uncompressed point on P-256, which has 65 bytes: give it as `openssl ec \
                    -pubin -in public.pem -pubout -conv_form uncompressed` prints it";
    let compressed = VerificationKey::from_pem(Algorithm::ES256, pem!("p256-compressed-public"));
    assert_eq!(refusal(compressed), no_point);
    let mut hybrid = der(pem!("p256-public"));
    let point = hybrid.len() - 65;
    hybrid[point] = 6;
    assert_eq!(refusal(VerificationKey::from_der(Algorithm::ES256, hybrid)), no_point);
    // The positions of the DER lengths of the key and of its point.
    let (whole, part) = (1, point - 2);
    for cut in [1, 65] {
        let mut short = der(pem!("p256-public"));
        short.truncate(short.len() - cut);
        short[whole] -= cut as u8;
        short[part] -= cut as u8;
        assert_eq!(refusal(VerificationKey::from_der(Algorithm::ES256, short)), no_point);
    }
    let mut long = der(pem!("ed25519-public"));
    long.push(0);
    for length in [1, 10] {
        long[length] += 1;
    }
    assert_eq!(refusal(VerificationKey::from_der(Algorithm::EdDSA, long)), NOT_DER);
}

#[test]
fn an_ec_point_outside_its_curve_is_an_error() {
    for (algorithm, curve, coordinate) in [(Algorithm::ES256, "P-256", 32), (Algorithm::ES384, "P-384", 48)] {
        let reason = format!(
            "this EC key is not a point on {curve}, so it is damaged or of another curve: give the key as the \
             issuer publishes it"
        );
        let good = der(public_pem(algorithm).expect("a public key"));
        VerificationKey::from_der(algorithm, &good).expect("a point on the curve");
        let x_at = good.len() - 2 * coordinate;
        for at in [x_at, x_at + 7, good.len() - coordinate, good.len() - 1] {
            let mut bad = good.clone();
            bad[at] ^= 1;
            assert_eq!(
                refusal(VerificationKey::from_der(algorithm, &bad)),
                reason,
                "{algorithm:?}, byte {at}"
            );
        }
        for coordinates in [0x00, 0xFF] {
            let mut bad = good.clone();
            bad[x_at..].fill(coordinates);
            assert_eq!(refusal(VerificationKey::from_der(algorithm, &bad)), reason, "{coordinates}");
        }
        let mut swapped = jwk(algorithm);
        (swapped["x"], swapped["y"]) = (swapped["y"].clone(), swapped["x"].clone());
        assert_eq!(refusal(VerificationKey::from_jwk(swapped.to_string())), reason);
        assert_eq!(refusal(VerificationKey::from_jwk_for(algorithm, swapped.to_string())), reason);
    }
}

/// With such keys a signature of zeros verifies some messages.
#[test]
fn ed25519_keys_of_small_order_are_errors() {
    let key = |x: [u8; 32]| {
        VerificationKey::from_jwk(json!({ "kty": "OKP", "crv": "Ed25519", "x": base64url(&x) }).to_string())
    };
    let (mut identity, mut minus_identity, mut of_order_four) = ([0; 32], [0xFF; 32], [0; 32]);
    identity[0] = 1;
    minus_identity[0] = 0xEC;
    of_order_four[31] = 0x80;
    for x in [[0; 32], identity, minus_identity, of_order_four] {
        let refused = "this Ed25519 key is a point of small order, with which anyone could sign tokens: give the key that the \
                       issuer publishes";
        assert_eq!(refusal(key(x)), refused, "{x:?}");
    }
    key([2; 32]).expect("a key like any other");
}
