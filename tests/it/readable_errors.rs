//! `Debug` of the errors of constructors, which Rust prints if `main` returns them.

use std::error::Error;

use scopes_runtime::bound::{Dpop, RedisReplayStore};
use scopes_runtime::openapi::OAuth2Scheme;
use scopes_runtime::router::get;
use scopes_runtime::{
    Algorithm, IntrospectionDecoder, IntrospectionDecoderError, Jwks, JwtDecoder, MultiIssuerDecoder,
    ProtectedResourceMetadata, ResourceServer, ScopedRouter, VerificationKey, requires_scopes,
};
use scopes_tests::Scope;

#[requires_scopes]
async fn status() {}

fn boxed<T>(result: Result<T, impl Error + 'static>) -> Box<dyn Error> {
    match result {
        Ok(_) => panic!("an error"),
        Err(error) => error.into(),
    }
}

async fn errors() -> Vec<(&'static str, Box<dyn Error>)> {
    let decoder = || JwtDecoder::builder().issuer("https://issuer.example").audience("https://api.example");
    let introspection =
        || IntrospectionDecoder::builder().audience("https://api.example").client("api", "s3cret");
    let server = || ResourceServer::builder(scopes_runtime::testing::TestIssuer::new().decoder());
    let router = ScopedRouter::<ResourceServer>::new().route("/status", get(status));
    let unsafe_url = "http://api:s3cret@issuer.example/?code=s3cret";
    let of_unsafe_issuer = || {
        let key = VerificationKey::from_secret(Algorithm::HS256, [7; 32]).expect("32 bytes");
        decoder()
            .issuer(unsafe_url)
            .key(key)
            .build()
            .expect("with a key, the issuer is not a URL to fetch from")
    };
    vec![
        ("JwtDecoderError", boxed(JwtDecoder::builder().build())),
        ("JwtDecoderError", boxed(decoder().jwks(Jwks::uri(unsafe_url)).build())),
        ("JwtDecoderError", boxed(MultiIssuerDecoder::new([of_unsafe_issuer(), of_unsafe_issuer()]))),
        ("KeyError", boxed(VerificationKey::from_secret(Algorithm::HS256, "s3cret"))),
        ("IntrospectionDecoderError", boxed(introspection().build())),
        ("IntrospectionDecoderError", boxed(introspection().endpoint(unsafe_url).build())),
        ("DiscoveryError", boxed(OAuth2Scheme::new::<Scope>().discover_authorization_code(unsafe_url).await)),
        ("ProtectedResourceMetadataError", boxed(ProtectedResourceMetadata::new("api"))),
        ("ProtectedResourceMetadataError", boxed(ProtectedResourceMetadata::new(unsafe_url))),
        ("RealmError", boxed(server().realm("\"").build())),
        ("DpopError", boxed(Dpop::new("api"))),
        ("DpopError", boxed(Dpop::new(unsafe_url))),
        ("RedisReplayStoreError", boxed(RedisReplayStore::new("http://:s3cret@localhost"))),
        ("UnmatchedOperationsError", boxed(router.fragment().merge_into_json(&mut serde_json::json!({})))),
        ("UnknownHandlerError", boxed(router.report().sufficient_scopes(["other"]))),
        ("UndeclaredScopeError", boxed("itmes".parse::<Scope>())),
    ]
}

#[tokio::test]
async fn debug_is_the_message() {
    for (name, error) in errors().await {
        assert_eq!(format!("{error:?}"), error.to_string(), "{name}");
        let alternate = format!("{error:#?}");
        assert!(alternate.starts_with(&format!("{name} {{\n    message: \"")), "{alternate}");
        assert!(!format!("{error:?}{alternate}").contains("s3cret"), "{alternate}");
    }
}

#[test]
fn debug_has_the_causes() {
    let cause = reqwest::Client::new().get("no URL").build().expect_err("no URL");
    let error = IntrospectionDecoderError::HttpClient(cause);
    assert_eq!(
        format!("{error:?}"),
        "the HTTPS client for introspection cannot be built: builder error\ncaused by: relative URL without a base"
    );
    assert!(format!("{error:#?}").contains("source: "), "{error:#?}");
}
