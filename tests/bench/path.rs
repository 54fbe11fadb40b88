//! Measures time and allocations of each step of a request: `cargo bench -p scopes-tests --no-default-features --bench path`.

mod bound_token;
mod orgs;
mod tokens;

use std::convert::Infallible;
use std::sync::LazyLock;

use axum::Router;
use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{Request, Response};
use axum::routing::get;
use bound_token::{BoundToken, has_signature_of, key_of};
use divan::{AllocProfiler, Bencher};
use futures_util::FutureExt as _;
use jsonwebtoken::decode;
use scopes_runtime::{
    AccessToken, AuthError, DeclaredScope, GrantedScopes, JwtDecoder, JwtDecoderBuilder, Requirement,
    ResourceServer, ScopedRouter, TokenDecoder, requires_scopes, router, scopes,
};
use scopes_tests::Scope;
use serde::Deserialize;
use tokens::{ALGORITHMS, AUDIENCE, ISSUER, algorithm, decoding_key, tokens, validation, verification_key};
use tower::ServiceExt as _;

#[global_allocator]
static ALLOCATOR: AllocProfiler = AllocProfiler::system();

fn decoder(name: &str, configure: fn(JwtDecoderBuilder) -> JwtDecoderBuilder) -> JwtDecoder {
    let key = verification_key(algorithm(name));
    let builder = JwtDecoder::builder().issuer(ISSUER).audience(AUDIENCE).key(key);
    configure(builder).build().expect("a decoder")
}

/// Sets a cache that is too small for the tokens.
fn forgetful(builder: JwtDecoderBuilder) -> JwtDecoderBuilder {
    builder.cache_capacity(64 * 1024)
}

async fn open() -> &'static str {
    "Hello, World!"
}

/// An extractor without work, to measure how axum calls a handler with an extractor.
struct Nothing;

impl<S: Sync> FromRequestParts<S> for Nothing {
    type Rejection = Infallible;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self)
    }
}

async fn open_with_extractor(_: Nothing) -> &'static str {
    "Hello, World!"
}

#[requires_scopes("me")]
async fn scoped() -> &'static str {
    "Hello, World!"
}

#[requires_scopes("me", any("items", "items:write"))]
async fn alternatives() -> &'static str {
    "Hello, World!"
}

fn request(path: &str, authorization: Option<&str>) -> Request<Body> {
    let request = Request::get(path);
    let request = match authorization {
        Some(value) => request.header("authorization", value),
        None => request,
    };
    request.body(Body::empty()).expect("a request")
}

/// Requests from the router to the response, without a connection.
fn answer(bencher: Bencher<'_, '_>, path: &str, authorization: Option<&str>, status: u16) {
    let app: Router = Router::new()
        .route("/open", get(open))
        .route("/extractor", get(open_with_extractor))
        .route("/scoped", get(scoped))
        .route("/alternatives", get(alternatives))
        .merge(Router::from(
            ScopedRouter::new()
                .route("/orgs/{org}/any", router::get(scoped))
                .route("/orgs/{org}", router::get(orgs::of_one)),
        ))
        .with_state(ResourceServer::new(decoder("HS256", |builder| builder)));
    let send = |request: Request<Body>| -> Response<Body> {
        app.clone().oneshot(request).now_or_never().expect("an immediate result").expect("infallible")
    };
    assert_eq!(send(request(path, authorization)).status(), status);
    bencher.with_inputs(|| request(path, authorization)).bench_local_values(send);
}

fn logged(bench: impl FnOnce()) {
    tracing::subscriber::with_default(tracing_subscriber::fmt().with_writer(std::io::sink).finish(), bench);
}

fn bearer(scope: &str) -> String {
    format!("Bearer {}", tokens("HS256", scope, 1).remove(0))
}

#[divan::bench_group]
mod requests {
    use super::*;

    #[divan::bench]
    fn open_route(bencher: Bencher<'_, '_>) {
        answer(bencher, "/open", Some(&bearer("me items")), 200);
    }

    #[divan::bench]
    fn open_route_with_an_extractor(bencher: Bencher<'_, '_>) {
        answer(bencher, "/extractor", Some(&bearer("me items")), 200);
    }

    #[divan::bench]
    fn known_token(bencher: Bencher<'_, '_>) {
        answer(bencher, "/scoped", Some(&bearer("me items")), 200);
    }

    #[divan::bench]
    fn known_token_in_a_scoped_router(bencher: Bencher<'_, '_>) {
        answer(bencher, "/orgs/acme/any", Some(&bearer("me org:acme:read")), 200);
    }

    #[divan::bench]
    fn known_token_with_a_parameter(bencher: Bencher<'_, '_>) {
        answer(bencher, "/orgs/acme", Some(&bearer("me org:acme:read")), 200);
    }

    #[divan::bench]
    fn parameter_with_another_value(bencher: Bencher<'_, '_>) {
        answer(bencher, "/orgs/acme", Some(&bearer("me org:other:read")), 403);
    }

    #[divan::bench]
    fn no_token(bencher: Bencher<'_, '_>) {
        answer(bencher, "/scoped", None, 401);
    }

    #[divan::bench]
    fn scope_missing(bencher: Bencher<'_, '_>) {
        answer(bencher, "/scoped", Some(&bearer("items")), 403);
    }

    #[divan::bench]
    fn alternatives_missing(bencher: Bencher<'_, '_>) {
        answer(bencher, "/alternatives", Some(&bearer("items")), 403);
    }

    /// With a subscriber that formats each refusal and discards the text.
    #[divan::bench]
    fn scope_missing_logged(bencher: Bencher<'_, '_>) {
        logged(|| answer(bencher, "/scoped", Some(&bearer("items")), 403));
    }

    #[divan::bench]
    fn alternatives_missing_logged(bencher: Bencher<'_, '_>) {
        logged(|| answer(bencher, "/alternatives", Some(&bearer("items")), 403));
    }

    #[divan::bench]
    fn malformed_header(bencher: Bencher<'_, '_>) {
        answer(bencher, "/scoped", Some("Bearer a b"), 400);
    }

    #[divan::bench]
    fn no_jwt(bencher: Bencher<'_, '_>) {
        answer(bencher, "/scoped", Some("Bearer 0123456789abcdef"), 401);
    }
}

#[divan::bench_group]
mod tokens_seen_for_the_first_time {
    use super::*;

    const COUNT: usize = 2000;

    #[divan::bench(args = ALGORITHMS)]
    fn decoder(bencher: Bencher<'_, '_>, name: &str) {
        let (decoder, tokens) = (super::decoder(name, forgetful), tokens(name, "me items", COUNT));
        let mut tokens = tokens.iter().cycle();
        bencher.with_inputs(|| tokens.next().expect("a cycle")).bench_local_values(|token| {
            decoder.decode(token).now_or_never().expect("an immediate result").expect("a good token")
        });
    }

    #[derive(Deserialize)]
    struct Claims {
        scope: String,
    }

    #[divan::bench(args = ALGORITHMS)]
    fn jsonwebtoken_alone(bencher: Bencher<'_, '_>, name: &str) {
        let (key, tokens) = (decoding_key(algorithm(name)), tokens(name, "me items", COUNT));
        let validation = validation(algorithm(name));
        let mut tokens = tokens.iter().cycle();
        bencher.with_inputs(|| tokens.next().expect("a cycle")).bench_local_values(|token| {
            let decoded = decode::<Claims>(token, &key, &validation).expect("a good token");
            assert_eq!(decoded.header.typ.as_deref(), Some("at+jwt"));
            decoded.claims.scope
        });
    }

    /// A token with another `alg`, which is refused before its signature is verified.
    #[divan::bench]
    fn of_another_algorithm(bencher: Bencher<'_, '_>) {
        let (decoder, token) = (super::decoder("RS256", forgetful), tokens("HS256", "me items", 1).remove(0));
        bencher.bench_local(|| decoder.decode(&token).now_or_never().expect("no wait").is_err());
    }
}

#[divan::bench_group]
mod proofs {
    use super::*;

    /// A cached token with a new proof (ES256).
    #[divan::bench]
    fn known_token(bencher: Bencher<'_, '_>) {
        let bound = BoundToken::new();
        let app: Router = Router::new().route("/scoped", get(scoped)).with_state(bound.server());
        let new = || bound.request(&bound.proof());
        let send = |request: Request<Body>| -> Response<Body> {
            app.clone().oneshot(request).now_or_never().expect("an immediate result").expect("infallible")
        };
        assert_eq!(send(new()).status(), 200);
        bencher.with_inputs(new).bench_local_values(send);
    }

    /// The signature of such a proof, with jsonwebtoken and a key that was read before.
    #[divan::bench]
    fn signature_alone(bencher: Bencher<'_, '_>) {
        let bound = BoundToken::new();
        let key = key_of(&bound.proof());
        bencher.with_inputs(|| bound.proof()).bench_local_values(|proof| has_signature_of(&key, &proof));
    }
}

#[divan::bench]
fn cached(bencher: Bencher<'_, '_>) {
    let (decoder, token) = (decoder("HS256", |builder| builder), tokens("HS256", "me items", 1).remove(0));
    decoder.decode(&token).now_or_never().expect("an immediate result").expect("a good token");
    bencher.bench_local(|| decoder.cached(&token).expect("it is known"));
}

#[divan::bench]
fn requirement_of_two_scopes(bencher: Bencher<'_, '_>) {
    let (requirement, granted) = (scopes!("me", "items"), GrantedScopes::from_list("openid me items"));
    bencher.bench_local(|| divan::black_box(requirement).is_met_by(&granted));
}

/// The largest tokens and requirements: 64 alternatives of 12 scopes each. Either the last scope of each alternative is
/// missing, or the last alternative is satisfied.
#[divan::bench_group]
mod largest {
    use super::*;

    fn name(alternative: usize, scope: usize) -> String {
        format!("{alternative}:{scope}")
    }

    static REQUIREMENT: LazyLock<Requirement> = LazyLock::new(|| {
        let alternative = |alternative| {
            let scope = |scope| {
                let name: &'static str = name(alternative, scope).leak();
                Requirement::scope(Box::leak(Box::new(DeclaredScope::new(name, 0, "", &[], &[]))))
            };
            Requirement::all((0..12).map(scope).collect::<Vec<_>>().leak())
        };
        Requirement::any((0..64).map(alternative).collect::<Vec<_>>().leak())
    });

    async fn handler(token: AccessToken) -> Result<&'static str, AuthError> {
        token.require(*REQUIREMENT)?;
        Ok("Hello, World!")
    }

    fn request_with(bencher: Bencher<'_, '_>, scope: &str, status: u16) {
        let server = ResourceServer::new(decoder("HS256", |builder| builder));
        let app: Router = Router::new().route("/", get(handler)).with_state(server);
        let bearer = bearer(scope);
        let send = |request: Request<Body>| -> Response<Body> {
            app.clone().oneshot(request).now_or_never().expect("an immediate result").expect("infallible")
        };
        assert_eq!(send(request("/", Some(&bearer))).status(), status);
        bencher.with_inputs(|| request("/", Some(&bearer))).bench_local_values(send);
    }

    fn without_the_last() -> String {
        let names = (0..64).flat_map(|alternative| (0..11).map(move |scope| name(alternative, scope)));
        names.collect::<Vec<_>>().join(" ")
    }

    #[divan::bench]
    fn one_scope_missing_in_each_alternative(bencher: Bencher<'_, '_>) {
        request_with(bencher, &without_the_last(), 403);
    }

    #[divan::bench]
    fn one_scope_missing_in_each_alternative_logged(bencher: Bencher<'_, '_>) {
        logged(|| request_with(bencher, &without_the_last(), 403));
    }

    #[divan::bench]
    fn last_alternative_satisfied(bencher: Bencher<'_, '_>) {
        request_with(bencher, &format!("{} {}", without_the_last(), name(63, 11)), 200);
    }

    #[divan::bench]
    fn token_of_5800_one_letter_scopes(bencher: Bencher<'_, '_>) {
        let letters = ('a'..='z').chain('A'..='Z').cycle().take(5800);
        request_with(bencher, &letters.map(String::from).collect::<Vec<_>>().join(" "), 403);
    }
}

fn main() {
    // A decoder installs the crypto backend of jsonwebtoken.
    drop(decoder("HS256", |builder| builder));
    divan::main();
}
