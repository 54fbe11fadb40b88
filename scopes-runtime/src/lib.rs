//! OAuth2 scopes for axum: declared once, checked by the compiler, enforced with the responses of RFC 6750, and contained in
//! the OpenAPI document.
//!
//! ```
//! use axum::Router;
//! use scopes_runtime::router::{ScopedRouter, get};
//! use scopes_runtime::{AccessToken, ResourceServer, TokenDecoder, declare_scopes, public, requires_scopes};
//!
//! /// What an access token may be allowed to do.
//! #[declare_scopes]
//! pub enum Scope {
//!     /// Read items.
//!     Items = "items",
//!     /// Create, change and delete items.
//!     #[implies(Items)]
//!     ItemsWrite = "items:write",
//! }
//!
//! #[requires_scopes("items")]
//! async fn read_items(token: AccessToken) -> String {
//!     format!("the items of {}", token.subject().unwrap_or("unknown"))
//! }
//!
//! #[public]
//! async fn health() -> &'static str {
//!     "ok"
//! }
//!
//! fn app(decoder: impl TokenDecoder) -> Router {
//!     let router = ScopedRouter::new().route("/items", get(read_items)).route("/health", get(health));
//!     Router::from(router.with_state(ResourceServer::new(decoder)))
//! }
//! # fn main() {}
//! ```
//!
//! A scope that is not declared is a compile error:
//!
//! ```compile_fail
//! # use scopes_runtime::{declare_scopes, requires_scopes};
//! # #[declare_scopes]
//! # enum Scope {
//! #     /// Read items.
//! #     Items = "items",
//! # }
//! #[requires_scopes("itmes")] // help: a declared scope has a similar name: `items`
//! async fn read_items() {}
//! # fn main() {}
//! ```
//!
//! # Overview
//!
//! Four items are enough for most applications:
//!
//! - [`#[declare_scopes]`](macro@declare_scopes) declares the scopes as an enum, the vocabulary.
//! - [`#[requires_scopes]`](macro@requires_scopes) on a handler or an extractor requires some of them.
//!   [`#[public]`](macro@public) allows requests without a token, [`#[authenticated_by]`](macro@authenticated_by) requires
//!   other credentials.
//! - [`ResourceServer`], in the state of the router, decodes tokens with a [`TokenDecoder`], such as [`JwtDecoder`].
//! - [`ScopedRouter`] accepts only handlers with one of the attributes.
//!
//! The sections of this page:
//!
//! - [Set-up](#set-up): dependencies and state
//! - [Requirements](#requirements): lists, alternatives, step-up, decisions by data
//! - [Extractors](#extractors): the token, and extractors with requirements of their own
//! - [Routers](#routers): `ScopedRouter`, axum's `Router`, services
//! - [Issuers](#issuers): JWTs, published keys, opaque tokens, several issuers
//! - [Responses and errors](#responses-and-errors): what clients get
//! - [Documents](#documents): OpenAPI, the access report, the lock file
//! - [Testing](#testing): a test issuer and the scope matrix
//! - [Features](#features): what each Cargo feature adds
//!
//! The module [`guide`] has longer pages by task, among them [an application that exists](guide::applications),
//! [tokens of five products](guide::products), [FastAPI](guide::from_fastapi) and [Spring Security](guide::from_spring) in
//! comparison, [operation](guide::operation), the [threat model](guide::threat_model) and
//! [each compile error](guide::errors). The directory `examples` of this crate contains twelve programs.
//!
//! # Set-up
//!
//! ```toml
//! [dependencies]
//! axum = "0.8"
//! scopes-runtime = { version = "0.1", features = ["issuer"] }
//! tokio = { version = "1", features = ["macros", "net", "rt-multi-thread"] }
//!
//! [dev-dependencies]
//! scopes-runtime = { version = "0.1", features = ["testing"] }
//! ```
//!
//! Do not rename the dependency: generated code refers to `::scopes_runtime`. The state of the router must contain the
//! [`ResourceServer`]: as the state itself, or by axum's [`FromRef`](axum::extract::FromRef). A state without it is a compile
//! error.
//!
//! ```no_run
//! use axum::Router;
//! use axum::extract::FromRef;
//! use scopes_runtime::router::{ScopedRouter, get};
//! use scopes_runtime::{Jwks, JwtDecoder, ResourceServer, requires_scopes};
//!
//! #[derive(Clone)]
//! struct AppState {
//!     resource_server: ResourceServer,
//!     // and connections, caches, configuration
//! }
//!
//! impl FromRef<AppState> for ResourceServer {
//!     fn from_ref(state: &AppState) -> Self {
//!         state.resource_server.clone()
//!     }
//! }
//!
//! #[requires_scopes]
//! async fn status() {}
//!
//! # async fn start() -> Result<(), Box<dyn std::error::Error>> {
//! let decoder = JwtDecoder::builder()
//!     .issuer("https://issuer.example")
//!     .audience("https://api.example")
//!     .jwks(Jwks::discovery())
//!     .build()?;
//! let state = AppState { resource_server: ResourceServer::new(decoder) };
//! let app = ScopedRouter::new().route("/status", get(status)).with_state(state);
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
//! axum::serve(listener, Router::from(app)).await?;
//! # Ok(()) }
//! # fn main() {}
//! ```
//!
//! Why a token is refused is a `tracing` event: install a subscriber, such as `tracing-subscriber`, to read it.
//!
//! # Requirements
//!
//! Strings are scopes of the enum with the name `Scope`: write `use crate::Scope;` in each module with handlers, or the path of
//! a variant in place of a string.
//!
//! | attribute | a request needs |
//! | --- | --- |
//! | `#[requires_scopes("items")]` | a token with `items`, or with a scope that implies it |
//! | `#[requires_scopes("items", "me")]` | both scopes |
//! | `#[requires_scopes(any("admin", all("items", "me")))]` | one of the alternatives |
//! | `#[requires_scopes("org:{org}:read")]` | `org:acme:read` for `/orgs/acme`, on the route `/orgs/{org}` ([parameters](guide::scope_parameters)) |
//! | `#[requires_scopes]` | any valid token |
//! | `#[requires_scopes("pay", acr = "urn:example:mfa", max_age = 300)]` | a recent log-in of this kind ([step-up](guide::step_up)) |
//! | `#[requires_scopes("items", may_require("admin"))]` | `items`; the handler may require `admin` later |
//! | `#[public(reason = "…")]` | nothing |
//! | `#[authenticated_by(PartnerKey)]` | the credentials that the extractor checks |
//!
//! [`scopes!`] returns the same [`Requirement`] as a value, for [`AccessToken::require`], [`ScopedRouter::require`] and
//! services.
//!
//! # Extractors
//!
//! [`AccessToken`] has the claims and scopes of the token, `Option<AccessToken>` is for handlers that also serve requests
//! without one, and [`RequiredScopes`] has the requirement of the operation. An extractor of your own with
//! [`#[requires_scopes]`](macro@requires_scopes#on-an-extractor) adds its requirement to each handler that takes it, and a
//! [`CredentialExtractor`] adds other credentials. [`#[derive(ScopedExtractor)]`](macro@ScopedExtractor) is for structs of
//! extractors.
//!
//! # Routers
//!
//! [`ScopedRouter`] has the methods of axum's `Router`: `route`, `merge`, `nest`, `layer`, `fallback`, `with_state`.
//! [`ScopedRouter::require`] adds a requirement to all routes so far. [`ScopedRouter::nest_service`] takes files, gRPC and
//! other services with a requirement, or [`unchecked`](router::unchecked) with a reason.
//!
//! The attributes also work in axum's own `Router`, which accepts handlers without them too. To move an application step by
//! step, add the rest of it by [`ScopedRouter::merge_unchecked`].
//!
//! # Issuers
//!
//! [`JwtDecoder`] checks JWTs as RFC 9068 and RFC 8725 require; each leniency is a method of its builder. [`Jwks`] fetches the
//! keys of the issuer, [`TokenProfile`] is for products whose tokens differ from RFC 9068, [`IntrospectionDecoder`] is for
//! [opaque tokens](guide::opaque_tokens), and [`MultiIssuerDecoder`] is for [several issuers](guide::several_issuers).
//! Implement [`TokenDecoder`] for anything else.
//!
//! # Responses and errors
//!
//! | situation | status | `WWW-Authenticate: Bearer realm="…"` and |
//! | --- | --- | --- |
//! | no credentials, or another scheme | 401 | `scope="…"`, if a scope is required |
//! | malformed, empty or repeated `Authorization` | 400 | `error="invalid_request"` |
//! | the token fails a check | 401 | `error="invalid_token"`, `scope="…"` |
//! | a scope is missing | 403 | `error="insufficient_scope"`, `scope="…"` |
//! | the user did not authenticate as required | 401 | `error="insufficient_user_authentication"`, `acr_values`, `max_age`, `scope="…"` |
//! | the token cannot be checked at the moment | 503 | no challenge; `Retry-After` |
//!
//! The body is a problem detail (RFC 9457), or [your format](ResourceServerBuilder::refusal_response). [`AuthError`] is the
//! error type of all of these. The cause of a refusal goes to `tracing`, and never to the client
//! ([telemetry](ResourceServer#telemetry)).
//!
//! # Documents
//!
//! [`ScopedRouter::split_for_parts`] returns the router and its OpenAPI document ([guide](guide::documents)).
//! [`ScopedRouter::report`] lists who may call what, and [`assert_scopes_locked!`] compares it with a committed file
//! ([guide](guide::lock_file)). [`ProtectedResourceMetadata`] leads clients to the authorization server (RFC 9728).
//!
//! # Testing
//!
//! The feature `testing` has an [issuer](testing::TestIssuer) that signs any token, and a [matrix](testing::ScopeMatrix) that
//! sends requests to every operation of a router and checks that each one enforces what it declares ([guide](guide::testing)).
//!
//! # Features
//!
//! | feature | default | adds | dependencies |
//! | --- | --- | --- | --- |
//! | `aws-lc-rs` | yes | [`JwtDecoder`] on aws-lc-rs, which verifies RSA signatures ten times faster than `rust-crypto` | aws-lc-rs, a C compiler |
//! | `rust-crypto` | | [`JwtDecoder`] on the RustCrypto crates. With both features, aws-lc-rs is used. Without both there is no `JwtDecoder` | RustCrypto crates |
//! | `openapi` | yes | the document of a [`ScopedRouter`], and the module [`openapi`] | utoipa 6 |
//! | `serve` | yes | [`ScopedRouter::into_make_service_with_connect_info`], and [`MutualTls::trusted_proxies`](bound::MutualTls::trusted_proxies) | axum's feature `tokio` |
//! | `issuer` | | [`Jwks`], [`IntrospectionDecoder`] and, with `openapi`, `OAuth2Scheme::discover_authorization_code`; enables `aws-lc-rs` | reqwest |
//! | `aide` | | handlers with the attributes in aide's `ApiRouter`; see [`OAuth2Scheme`](openapi::OAuth2Scheme) | aide, schemars |
//! | `mcp` | | scopes for the tools, prompts and resources of MCP servers, and the module [`mcp`] | rmcp |
//! | `bound-tokens` | | tokens that are bound to their sender, and the module [`bound`]; enables `aws-lc-rs` | axum's feature `original-uri` |
//! | `redis` | | [`RedisReplayStore`](bound::RedisReplayStore); enables `bound-tokens` | redis |
//! | `metrics` | | counters for the [`metrics`](https://docs.rs/metrics) facade; see [`ResourceServer`](ResourceServer#telemetry) | metrics |
//! | `testing` | | the module [`testing`], for `[dev-dependencies]` only | |
//!
//! # Minimum supported Rust version
//!
//! Rust 1.88, with dependency versions that support it. A minor release may require a newer version that is at least six months
//! old.

#![cfg_attr(docsrs, feature(doc_cfg))]
#![cfg_attr(docsrs, doc(auto_cfg(hide(feature = "_jwt"))))]

#[cfg(all(feature = "_jwt", not(any(feature = "aws-lc-rs", feature = "rust-crypto"))))]
compile_error!(
    "the feature `_jwt` of scopes-runtime alone verifies no signatures; enable `aws-lc-rs` or `rust-crypto` instead"
);

mod attribute_order;
#[cfg(feature = "bound-tokens")]
pub mod bound;
pub mod guide;
mod http;
mod lock;
mod loopback;
mod macros;
#[cfg(feature = "mcp")]
pub mod mcp;
#[cfg(feature = "openapi")]
pub mod openapi;
mod operation;
mod readable_debug;
pub mod report;
pub mod router;
mod scope;
mod shown_text;
mod shown_url;
#[cfg(feature = "testing")]
pub mod testing;
mod token;
mod whole_seconds;

pub use http::{
    AnyOf, AuthError, AuthenticatedBy, Authorized, Challenge, CredentialExtractor, Granted, Implies,
    ImpliesAll, ProtectedResourceMetadata, ProtectedResourceMetadataError, Provable, Public, RealmError,
    RequiredScopes, ResourceServer, ResourceServerBuilder, ScopeParameter, ScopeValue, Unavailable,
    WithoutParameters,
};
pub use macros::{
    ScopedExtractor, authenticated_by, declare_scopes, public, requires_scopes, scoped_handlers, scopes,
};
pub use router::ScopedRouter;
pub use scope::{
    ConcreteRequirement, CredentialScheme, DeclaredScope, GrantedScopes, Requirement, RouterRequirement,
    TokenRequirement, UndeclaredScopeError, Vocabulary,
};
pub use token::{AccessToken, DecodeError, DecodeFuture, TokenDecoder};
// rustc names the features of this `cfg` where the names below are used without them. `_jwt` is not for direct use.
#[cfg(any(feature = "aws-lc-rs", feature = "rust-crypto"))]
#[cfg_attr(docsrs, doc(cfg(any(feature = "aws-lc-rs", feature = "rust-crypto"))))]
pub use token::{
    Algorithm, JwtDecoder, JwtDecoderBuilder, JwtDecoderError, KeyError, MultiIssuerDecoder, ScopeClaim,
    TokenProfile, VerificationKey,
};
#[cfg(feature = "issuer")]
pub use token::{IntrospectionDecoder, IntrospectionDecoderBuilder, IntrospectionDecoderError, Jwks};

/// For generated code alone.
#[doc(hidden)]
pub mod __private {
    pub use crate::attribute_order::{Binding, any};
    pub use crate::http::{
        Describe, DescriptionOf, Generic, HandlerInfo, HandlerSource, IntoRejection, MisplacedHandler,
        ProvidesResourceServer, Rejected, RejectsWith, RequirementOf, ScopedExtractor, SignatureDescription,
        StandardWrapper, any_of, check, forbid, shaped_or,
    };
    /// What generated code imports to read constants of types. One glob import compiles faster than a list. `DescriptionOf` and
    /// `RequirementOf` are exported above as well, so that compile errors show these names.
    pub mod type_constants {
        pub use crate::http::{
            DescriptionOf as __DescriptionOf, NoDescription as _, NoRequirement as _,
            RequirementOf as __RequirementOf,
        };
    }
    pub use crate::lock::{accepts_changes, check_lock};
    #[cfg(feature = "openapi")]
    pub use crate::openapi::{DocumentedHandler, ScopedPath};
    pub use crate::scope::{NoScope, ParameterValues, deserialize, find, string_value};
    #[cfg(feature = "issuer")]
    pub use crate::token::usable_keys;
    /// The words of requirements, with the documentation that editors show.
    pub mod words {
        /// One of the listed scopes is enough: `any("items", "admin")`.
        pub const fn any() {}

        /// All of the listed scopes are required: `any("admin", all("me", "items"))`.
        pub const fn all() {}

        /// How the user must have authenticated (RFC 9470): `acr = "urn:example:mfa"`, or `acr = any("…", "…")` for one of
        /// several.
        pub const fn acr() {}

        /// The maximum number of seconds since the user authenticated (RFC 9470): `max_age = 300`.
        pub const fn max_age() {}

        /// The token must be bound to a key of its sender, who proves it by DPoP (RFC 9449): `requires_scopes("pay", dpop)`.
        pub const fn dpop() {}

        /// What the handler may require later with `AccessToken::require`: `may_require("items:write")`.
        pub const fn may_require() {}
    }
    pub use axum::extract::FromRequestParts;
    pub use axum::http::request::Parts;
    pub use scopes_runtime_macros::undeclared_scope;
    pub use serde;
    #[cfg(feature = "openapi")]
    pub use utoipa;
}
