//! `Debug` of types that programs log. It shows configuration, and no token, claim, key or client secret.

use std::borrow::Cow;
use std::fmt::Debug;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use axum::http::request::Parts;
use jsonwebtoken::{EncodingKey, Header, encode};
use scopes_runtime::bound::RedisReplayStore;
use scopes_runtime::router::{DocumentedRoutes, ServiceAccess, get, routes, unchecked};
use scopes_runtime::testing::guard;
use scopes_runtime::{
    AccessToken, Algorithm, AnyOf, AuthError, AuthenticatedBy, Authorized, Granted, GrantedScopes,
    IntrospectionDecoder, Jwks, JwtDecoder, MultiIssuerDecoder, Public, RequiredScopes, ResourceServer,
    ScopeParameter, ScopeValue, ScopedRouter, TokenDecoder as _, VerificationKey, declare_scopes,
    requires_scopes, scopes,
};
use scopes_tests::{Readable, call, now};
use serde_json::json;
use tower::ServiceExt as _;

const SECRET: &str = "s3cret-s3cret-s3cret-s3cret-s3cret";

#[declare_scopes(types = scope)]
enum Scope {
    /// Read information about the current user.
    Me = "me",
    /// Read items.
    Items = "items",
}

struct Tenant;

impl ScopeParameter for Tenant {
    const NAME: &'static str = "tenant";

    fn value(_: &Parts) -> Option<Cow<'_, str>> {
        Some("acme".into())
    }
}

#[requires_scopes("items", "me")]
async fn extracted(required: RequiredScopes, tenant: ScopeValue<Tenant>) -> String {
    format!("{required:?} {tenant:?}")
}

#[requires_scopes]
#[utoipa::path(get, path = "/documented", responses((status = 200)))]
async fn documented() {}

/// Checks that the text begins so, and has no secret.
#[track_caller]
fn shows(value: &impl Debug, expected: &str) {
    let shown = format!("{value:?}");
    assert!(shown.starts_with(expected), "{shown}");
    let bytes = format!("{:?}", b"s3cret");
    assert!(!shown.contains("s3cret") && !shown.contains(bytes.trim_matches(['[', ']'])), "{shown}");
}

#[test]
fn a_token_shows_its_issuer_client_scopes_and_end() {
    let claims = json!({
        "iss": "https://issuer.example", "client_id": "web", "exp": 1_800_000_000, "sub": SECRET, "email": SECRET,
    });
    let claims = claims.as_object().expect("an object").clone();
    let token = AccessToken::new(claims, GrantedScopes::from_list("me items")).expect("valid claims");
    let claims = r#"issuer: Some("https://issuer.example"), client_id: Some("web"), scopes: {"me", "items"}"#;
    let expected = format!("AccessToken {{ {claims}, expires_at: {:?}, .. }}", token.expires_at());
    shows(&token, &expected);
}

#[tokio::test]
async fn decoders_show_no_secret_and_no_cached_token() {
    let builder = || JwtDecoder::builder().issuer("https://issuer.example").audience("https://api.example");
    let key = VerificationKey::from_secret(Algorithm::HS256, SECRET).expect("34 bytes");
    let decoder = builder().key(key).build().expect("a decoder");
    let claims = json!({
        "iss": "https://issuer.example", "aud": "https://api.example", "exp": now() + 60, "sub": SECRET,
    });
    let header = Header { typ: Some("at+jwt".to_owned()), ..Header::default() };
    let token = encode(&header, &claims, &EncodingKey::from_secret(SECRET.as_bytes())).expect("a token");
    decoder.decode(&token).await.expect("a valid token");
    let several = MultiIssuerDecoder::new([decoder]).expect("an issuer");
    let introspection = IntrospectionDecoder::builder()
        .endpoint("https://issuer.example/introspect")
        .audience("https://api.example")
        .client("api", SECRET)
        .build()
        .expect("a decoder");
    shows(&several, "MultiIssuerDecoder([JwtDecoder {");
    let shown = format!("{several:?}");
    assert!(shown.contains("TokenCache { tokens: 1, .. }"), "{shown}");
    let (_, payload_and_signature) = token.split_once('.').expect("a JWT");
    assert!(!shown.contains(payload_and_signature), "{shown}");
    shows(&introspection, "IntrospectionDecoder {");
    let shown = format!("{introspection:?} {:?}", builder().jwks(Jwks::discovery()).build());
    for part in
        [r#"ClientCredentials { id: "api", .. }"#, "TokenCache { tokens: 0, .. }", "PublishedKeys(None)"]
    {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    let store = RedisReplayStore::new(&format!("redis://:{SECRET}@localhost")).expect("a URL");
    shows(&store, "RedisReplayStore { .. }");
}

/// `build` refuses such a URL to fetch from, but a program may log what comes before.
#[test]
fn configured_urls_are_shown_without_password_and_query() {
    let url = format!("https://user:{SECRET}@issuer.example/keys?code={SECRET}");
    let shown = r#"Some("…@issuer.example/keys?…")"#;
    shows(&Jwks::uri(&url), &format!("Jwks {{ url: {shown}"));
    let builder = JwtDecoder::builder().issuer(&url).jwks(Jwks::uri(&url));
    shows(&builder, r#"JwtDecoderBuilder { issuer: "…@issuer.example/keys?…""#);
    let key = VerificationKey::from_secret(Algorithm::HS256, SECRET).expect("34 bytes");
    let builder = JwtDecoder::builder().issuer(&url).audience("https://api.example").key(key);
    shows(&builder.build().expect("a decoder"), "JwtDecoder { checks: ClaimChecks { issuer: \"…@");
    let builder = IntrospectionDecoder::builder().issuer(&url).endpoint(&url);
    shows(&builder, &format!("IntrospectionDecoderBuilder {{ issuer: {shown}, endpoint: {shown}"));
}

#[tokio::test]
async fn a_server_and_its_refusals_show_what_challenges_contain() {
    let builder = ResourceServer::builder(Readable::default()).realm("items");
    shows(&builder, r#"ResourceServerBuilder { realm: "items", .. }"#);
    let server = builder.build().expect("a realm");
    let config = r#"ChallengeConfig(Parameters { realm: "items", names_scopes: true, metadata: None, schemes: Bearer })"#;
    shows(&server, &format!("ResourceServer {{ config: {config}, .. }}"));
    let app: Router = ScopedRouter::new().route("/", get(extracted)).with_state(server).into();
    let expected = r#"RequiredScopes("items me") ScopeValue("acme")"#;
    assert_eq!(call(&app, "GET", "/", Some("items+me")).await.text, expected);
    for (token, expected) in [
        ("s3cret", r#"InsufficientScope(Challenge { scope: Some("items me"), .. })"#),
        ("down", "Unavailable(Unavailable { retry_after: 6.5s, .. })"),
    ] {
        let request = Request::get("/").header("authorization", format!("Bearer {token}"));
        let response = app.clone().oneshot(request.body(Body::empty()).expect("a request")).await;
        let refused = response.unwrap_or_else(|never| match never {});
        shows(refused.extensions().get::<AuthError>().expect("a refusal"), expected);
    }
}

#[test]
fn guards_and_proofs_show_their_kind() {
    shows(&guard::<Authorized<()>>(), "Authorized");
    shows(&guard::<AuthenticatedBy<()>>(), "AuthenticatedBy");
    shows(&guard::<Public<()>>(), "Public");
    shows(&guard::<Granted<scope::Me>>(), "Granted");
    shows(&*guard::<Granted<AnyOf<(scope::Me, scope::Items)>>>(), "AnyOf");
}

#[test]
fn routers_show_their_routes_and_services_their_access() {
    let routes = get::<_, _, ResourceServer>(documented);
    shows(&routes, "ScopedMethodRouter(MethodRouter {");
    let router = ScopedRouter::<ResourceServer>::new().route("/documented", routes);
    shows(&router, "ScopedRouter { router: Router {");
    let routes: DocumentedRoutes<ResourceServer> = routes!(documented);
    shows(&routes, r#"DocumentedRoutes([("/documented", MethodRouter {"#);
    let scoped: ServiceAccess<ResourceServer> = scopes!("me", "items").into();
    shows(&scoped, r#"Scoped(Requirement("me items"))"#);
    let unscoped: ServiceAccess<ResourceServer> = unchecked("assets").into();
    shows(&unscoped, r#"Unchecked("assets")"#);
}
