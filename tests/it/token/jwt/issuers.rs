//! `MultiIssuerDecoder`: several issuers in one server.

use jsonwebtoken::EncodingKey;
use scopes_runtime::{
    Algorithm, DecodeError, JwtDecoder, JwtDecoderError, MultiIssuerDecoder, ScopeClaim, TokenDecoder as _,
    VerificationKey,
};
use scopes_tests::Readable;

use super::issuer::{HEADER, SECRET, builder, claims, secret_key, sign, sign_with};

const OTHER: &str = "https://other.example";
const OTHER_SECRET: [u8; 32] = [9; 32];

fn other() -> JwtDecoder {
    JwtDecoder::builder()
        .issuer(OTHER)
        .audience("https://other-api.example")
        .key(VerificationKey::from_secret(Algorithm::HS256, OTHER_SECRET).expect("a key"))
        .scope_claim(ScopeClaim::array("scp"))
        .build()
        .expect("a decoder")
}

fn issuers() -> MultiIssuerDecoder {
    let own = builder().key(secret_key(Algorithm::HS256)).build().expect("a decoder");
    MultiIssuerDecoder::new([own, other()]).expect("two issuers")
}

fn token(issuer: &str, audience: &str, secret: &[u8]) -> String {
    let mut claims = claims();
    claims["iss"] = issuer.into();
    claims["aud"] = audience.into();
    claims["scp"] = ["read"].as_slice().into();
    sign_with(Algorithm::HS256, &EncodingKey::from_secret(secret), HEADER, claims.to_string())
}

async fn refusal(token: &str) -> String {
    match issuers().decode(token).await {
        Err(DecodeError::Invalid(reason)) => reason.to_string(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn each_token_is_decoded_by_the_decoder_of_its_issuer() {
    let own = issuers().decode(&sign(HEADER, claims().to_string())).await.expect("a token");
    assert_eq!(own.scopes().to_string(), "me items:write");
    let others = token(OTHER, "https://other-api.example", &OTHER_SECRET);
    let others = issuers().decode(&others).await.expect("a token");
    assert_eq!((others.issuer(), others.scopes().to_string().as_str()), (Some(OTHER), "read"));
}

#[tokio::test]
async fn a_key_of_one_issuer_does_not_verify_tokens_of_another() {
    let forged = "the signature is not from a key of the issuer";
    assert_eq!(refusal(&token(OTHER, "https://other-api.example", &SECRET)).await, forged);
    let audience = "the claim `aud` names none of the audiences that are configured: `https://other-api.example`; it names \
         `https://api.example`";
    assert_eq!(refusal(&token(OTHER, super::issuer::AUDIENCE, &OTHER_SECRET)).await, audience);
    let unknown = "the claim `iss` is not one of the configured issuers: `https://issuer.example`, `https://other.example`";
    for (issuer, shown) in [("https://third.example", "https://third.example"), ("", ""), ("\n", r"\n")] {
        assert_eq!(refusal(&token(issuer, "x", &SECRET)).await, format!("{unknown}; it is `{shown}`"));
    }
    assert!(refusal("not a token").await.starts_with("it is not a signed JWT"));
}

#[tokio::test]
async fn tokens_that_are_not_jwts_are_decoded_by_the_opaque_decoder() {
    let opaque = Readable::default();
    let issuers = issuers().opaque_tokens(opaque.clone());
    assert_eq!(issuers.decode("items").await.expect("a token").scopes().to_string(), "items");
    assert_eq!(opaque.decoded(), 1);
    let own = issuers.decode(&sign(HEADER, claims().to_string())).await.expect("a token");
    assert_eq!(own.scopes().to_string(), "me items:write");
    for forged in ["a.b.c", "..", &token(OTHER, "x", &SECRET)] {
        assert!(matches!(issuers.decode(forged).await, Err(DecodeError::Invalid(_))), "{forged}");
    }
    assert_eq!(opaque.decoded(), 1);
}

/// Any client can send such tokens, so that before verification only `iss` is read.
#[tokio::test]
async fn the_whole_payload_is_parsed_only_after_the_signature_is_verified() {
    let malformed = |rest: &str| format!(r#"{{"a":1,"iss":"{OTHER}",{rest}}}"#);
    let deep = format!(r#""b":{}1{}"#, "[".repeat(200), "]".repeat(200));
    let with = |secret: &[u8], header: &str, payload: &str| {
        sign_with(Algorithm::HS256, &EncodingKey::from_secret(secret), header, payload)
    };
    for (rest, reason) in [
        (r#""a":2"#, "the payload repeats a member name"),
        (r#""b":{"c":1,"c":1}"#, "the payload repeats a member name"),
        (r#""$serde_json::private::Number":"1""#, "the payload has a member name that serde_json reserves"),
        (&*deep, "the payload is not a JSON object"),
    ] {
        let payload = malformed(rest);
        let forged = "the signature is not from a key of the issuer";
        assert_eq!(refusal(&with(&SECRET, HEADER, &payload)).await, forged, "{rest}");
        let header = r#"{"alg":"HS256","typ":"JWT"}"#;
        let untyped = "the header's `typ` is `JWT`, not `at+jwt` (set the issuer's `TokenProfile`, or call `allow_generic_typ`)";
        assert_eq!(refusal(&with(&OTHER_SECRET, header, &payload)).await, untyped, "{rest}");
        assert_eq!(refusal(&with(&OTHER_SECRET, HEADER, &payload)).await, reason, "{rest}");
    }
}

#[tokio::test]
async fn iss_must_be_one_string() {
    let ambiguous = "the payload is not a JSON object with one string `iss`";
    for payload in [
        "5",
        "[]",
        "{}",
        "{",
        r#"{"iss":5}"#,
        r#"{"iss":null}"#,
        r#"{"iss":["https://other.example"]}"#,
        r#"{"iss":"https://other.example"} {}"#,
        r#"{"iss":"https://issuer.example","iss":"https://other.example"}"#,
        r#"{"iss":"https://other.example","\u0069ss":"https://other.example"}"#,
    ] {
        assert_eq!(refusal(&sign(HEADER, payload)).await, ambiguous, "{payload}");
    }
    let escaped = claims().to_string().replace(r#""iss":"h"#, r#""\u0069ss":"\u0068"#);
    assert!(escaped.contains(r#""\u0069ss":"\u0068ttps:"#));
    issuers().decode(&sign(HEADER, escaped)).await.expect("the escaped object is the same");
}

#[test]
fn two_decoders_for_one_issuer_are_an_error() {
    assert!(matches!(MultiIssuerDecoder::new([]), Err(JwtDecoderError::NoDecoders)));
    let error = MultiIssuerDecoder::new([other(), other()]).expect_err("an error").to_string();
    assert_eq!(
        error,
        "two decoders are for the issuer `https://other.example`: give one of them all of its keys"
    );
}
