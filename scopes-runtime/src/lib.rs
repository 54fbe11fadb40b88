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
//! [`ScopedRouter`] only accepts handlers with one of the attributes. The attributes also work with axum's own `Router`. The
//! [guide] shows how to add scopes to an application that exists, and how to decode tokens, document, review and test.
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
//! # Responses
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
//! The body is a problem detail (RFC 9457). [`AuthError`] is the error type of all of these.
//!
//! # Features
//!
//! - `openapi` (default): the OpenAPI document of a [`ScopedRouter`], with utoipa's types.
//! - `serve` (default): `ScopedRouter::into_make_service_with_connect_info`, with axum's feature `tokio`.
//! - `aide`: handlers with the attributes in aide's `ApiRouter`, and their requirements in its document; see
//!   `openapi::OAuth2Scheme`.
//! - `aws-lc-rs` (default): `JwtDecoder` on aws-lc-rs, which verifies RSA signatures ten times faster than `rust-crypto`.
//! - `rust-crypto`: `JwtDecoder` on the RustCrypto crates, without a C compiler. With both features, aws-lc-rs is used. Without
//!   both there is no `JwtDecoder`; implement [`TokenDecoder`].
//! - `issuer`: `Jwks`, the keys of an issuer, by discovery and with rotation, and `IntrospectionDecoder`. It enables
//!   `aws-lc-rs`.
//! - `mcp`: scopes for the tools, prompts and resources of MCP servers, with rmcp 3; see `mcp::McpEndpoint`.
//! - `bound-tokens`: tokens that are bound to their sender, by DPoP or by a client certificate; see `bound`. It enables
//!   `aws-lc-rs`.
//! - `redis`: `bound::RedisReplayStore`, the used DPoP proofs of several copies of a server, on Redis or Valkey.
//! - `metrics`: counters for the [`metrics`](https://docs.rs/metrics) facade; see [`ResourceServer`].
//! - `testing`: for tests of your API, an issuer, guards, the scope matrix and attacks.

mod attribute_order;
#[cfg(feature = "bound-tokens")]
pub mod bound;
pub mod guide;
mod http;
mod lock;
#[cfg(feature = "mcp")]
pub mod mcp;
#[cfg(feature = "openapi")]
pub mod openapi;
mod operation;
pub mod report;
pub mod router;
mod scope;
#[cfg(feature = "testing")]
pub mod testing;
mod token;

pub use http::{
    AuthError, AuthenticatedBy, Authorized, Challenge, CredentialExtractor, ProtectedResourceMetadata,
    ProtectedResourceMetadataError, Public, RealmError, RequiredScopes, ResourceServer,
    ResourceServerBuilder, Unavailable,
};
pub use router::ScopedRouter;
pub use scope::{
    CredentialScheme, DeclaredScope, GrantedScopes, Requirement, UndeclaredScopeError, Vocabulary,
};
pub use token::{AccessToken, DecodeError, DecodeFuture, TokenDecoder};
#[cfg(feature = "_jwt")]
pub use token::{
    Algorithm, JwtDecoder, JwtDecoderBuilder, JwtDecoderError, KeyError, MultiIssuerDecoder, ScopeClaim,
    TokenProfile, VerificationKey,
};
#[cfg(feature = "issuer")]
pub use token::{IntrospectionDecoder, IntrospectionDecoderBuilder, IntrospectionDecoderError, Jwks};

/// Declares the scopes of an API, its vocabulary, as an enum.
///
/// Each variant is a scope. Its discriminant is the name, a scope-token of RFC 6749 section 3.3. Its doc comment is the
/// description, which authorization servers show to users. A token with a scope that has `#[implies(Variant, …)]` also
/// satisfies those scopes, and the scopes that they imply.
///
/// ```
/// use scopes_runtime::declare_scopes;
///
/// /// What an access token may be allowed to do.
/// #[declare_scopes]
/// pub enum Scope {
///     /// Read items.
///     Items = "items",
///     /// Create, change and delete items.
///     #[implies(Items)]
///     ItemsWrite = "items:write",
/// }
///
/// assert_eq!(Scope::ItemsWrite.as_str(), "items:write");
/// assert_eq!(Scope::ItemsWrite.description(), "Create, change and delete items.");
/// assert_eq!("items".parse(), Ok(Scope::Items));
/// ```
///
/// The macro generates:
///
/// - `ALL`, `declared`, `as_str` and `description`;
/// - `Display`, `FromStr`, `AsRef<str>`, and serde's `Serialize` and `Deserialize`, as the scope's name;
/// - `Clone`, `Copy`, `Debug`, `PartialEq`, `Eq`, `PartialOrd`, `Ord` and `Hash`, unless a `#[derive]` below the attribute
///   contains them;
/// - a macro with the name of the enum, which resolves string literals in requirements. Types and macros have separate
///   namespaces, so one `use` imports both.
///
/// `scopes-macros/expansions/declare_scopes.rs` in the repository shows the expansion.
///
/// A string literal in a requirement is a scope of the vocabulary with the name `Scope`. Import a vocabulary of
/// another module or with another name by `use`:
///
/// ```
/// mod billing {
///     /// What a token may do with invoices.
///     #[scopes_runtime::declare_scopes]
///     pub enum BillingScope {
///         /// Read invoices.
///         InvoicesRead = "invoices:read",
///     }
/// }
///
/// use billing::BillingScope as Scope;
///
/// #[scopes_runtime::requires_scopes("invoices:read")]
/// async fn read_invoices() {}
/// # fn main() {}
/// ```
///
/// If a glob import and a declaration both provide `Scope`, as in a test module with `use super::*`, the compiler
/// reports string literals as ambiguous. Write the paths of the scopes there, or declare the vocabulary under
/// another name and import it as `Scope`.
///
/// Generated code refers to `::scopes_runtime`, so do not rename the dependency.
///
/// rustc warns about a scope that no handler requires and that implies no other scope, in binary crates and for
/// enums that are not `pub`. Parsing a name does not count as a use; `ALL` does.
pub use scopes_runtime_macros::declare_scopes;

/// Requires scopes of the access token before a handler or an extractor runs.
///
/// A list requires all of its items, `any(…)` one of them, and `all(…)` all of them, as an item of `any(…)`. An
/// item is a string literal, the path of a variant, or another `any(…)` or `all(…)`. Without arguments, the
/// attribute requires any valid token. A requirement has at most 64 alternatives.
///
/// ```
/// # mod billing {
/// #     #[scopes_runtime::declare_scopes]
/// #     pub enum Scope {
/// #         /// Read invoices.
/// #         Read = "invoices:read",
/// #     }
/// # }
/// # #[scopes_runtime::declare_scopes]
/// # enum Scope {
/// #     /// Read information about the current user.
/// #     Me = "me",
/// #     /// Read items.
/// #     Items = "items",
/// #     /// Everything.
/// #     Admin = "admin",
/// # }
/// use scopes_runtime::requires_scopes;
///
/// #[requires_scopes("me", "items")]
/// async fn both() {}
///
/// #[requires_scopes(any("admin", all("me", Scope::Items, billing::Scope::Read)))]
/// async fn either() {}
///
/// #[requires_scopes]
/// async fn any_valid_token() {}
/// # fn main() {}
/// ```
///
/// The outermost list can also require how and when the user authenticated (RFC 9470): `acr` is an authentication
/// context class, or `any(…)` of several, and `max_age` is in seconds. A token with the scopes from another
/// authentication gets 401 `insufficient_user_authentication`. Both options apply to the whole requirement, and add
/// up with those of extractors.
///
/// ```
/// # #[scopes_runtime::declare_scopes]
/// # enum Scope {
/// #     /// Pay.
/// #     Pay = "pay",
/// # }
/// use scopes_runtime::requires_scopes;
///
/// #[requires_scopes("pay", acr = "urn:example:mfa", max_age = 300)]
/// async fn pay() {}
/// # fn main() {}
/// ```
///
/// `may_require(…)`, also in the outermost list, declares what the code may require of the token later with
/// [`AccessToken::require`](AccessToken::require), which panics in debug builds for anything else. It does not change which
/// requests reach the handler. The access report, the lock file and the OpenAPI document (`x-may-require`) contain it.
///
/// ```
/// # #[scopes_runtime::declare_scopes]
/// # enum Scope {
/// #     /// Read items.
/// #     Items = "items",
/// #     /// Read everyone's items.
/// #     Admin = "admin",
/// # }
/// use scopes_runtime::{AccessToken, AuthError, requires_scopes, scopes};
///
/// #[requires_scopes("items", may_require("admin"))]
/// async fn read_item(token: AccessToken) -> Result<(), AuthError> {
///     let owner = "alice";
///     if token.subject() == Some(owner) { Ok(()) } else { token.require(scopes!("admin")) }
/// }
/// # fn main() {}
/// ```
///
/// # On a handler
///
/// A handler is an `async fn` outside of an `impl` block, with at most 15 arguments. The attribute adds a first
/// argument, [`Authorized`], so the check runs before any other extractor. The router's state must contain the
/// [`ResourceServer`]. Attributes that read the signature, such as `#[axum::debug_handler]`, go below this one:
/// above it they count one argument too few (E0061). `scopes-macros/expansions/requires_scopes_on_a_handler.rs` in
/// the repository shows the expansion.
///
/// Above `#[utoipa::path]`, this attribute adds `security` and the error responses to each document with the
/// handler, from [`routes!`](crate::router::routes), `#[derive(OpenApi)]` or `utoipa_axum`. Without a
/// `ScopedRouter`, add the components that these refer to with an [`OAuth2Scheme`](crate::openapi::OAuth2Scheme).
/// Below `#[utoipa::path]`, this attribute is a compile error, because utoipa would document the operation as open;
/// `impl_for` in `#[utoipa::path]` hides that mistake.
///
/// The requirements of the extractors in the arguments are added: also of those in tuples, `Option` and `Result`.
/// With `Option` and `Result`, the handler would otherwise get the refusal as a value, and run. A struct of
/// extractors adds the requirements of its fields if it has [`#[derive(ScopedExtractor)]`](macro@ScopedExtractor).
/// A [`CredentialExtractor`] adds its credentials, which a request needs beside the token. Inside `Option` or `Result` it is a
/// compile error.
///
/// The macro cannot read the requirement of an extractor
///
/// - whose type depends on the handler's own generics (inside `Option` or `Result`, under these names, that is a compile
///   error),
/// - inside another generic extractor, such as `axum_extra`'s `Cached<E>` and `Either<A, B>`,
/// - inside a hand-written `FromRequestParts` that calls another extractor without naming it as an
///   [extra argument](#on-an-extractor).
///
/// Such an extractor still checks the token, and its refusal stops the handler, unless the type around it converts
/// the refusal into a value, as `Either` does. The document, the report and the first challenge do not contain its
/// requirement. The scope matrix of the module `testing` finds operations that require more than the report lists.
///
/// Only a request creates an [`Authorized`]. Tests call the handler through a router, or with `guard` of the module
/// `testing`.
///
/// # On an extractor
///
/// On an `impl FromRequestParts`, the attribute adds the check to the extractor, which protects each handler that
/// takes it. Handlers with the attribute read the requirement from the extractor's type. An extractor can take
/// other extractors, as arguments after `parts` and `state`, whose requirements are added. Its rejection implements
/// `From<AuthError>`, and `From` for the rejections of those extractors. A type can have one such impl, generic
/// over the state or for one state. `scopes-macros/expansions/requires_scopes_on_an_extractor.rs` in the repository
/// shows the expansion.
///
/// ```
/// # #[scopes_runtime::declare_scopes]
/// # enum Scope {
/// #     /// Read information about the current user.
/// #     Me = "me",
/// #     /// Read items.
/// #     Items = "items",
/// # }
/// use axum::extract::FromRequestParts;
/// use axum::http::request::Parts;
/// use scopes_runtime::{AccessToken, AuthError, requires_scopes};
///
/// struct CurrentUser {
///     name: String,
/// }
///
/// #[requires_scopes("me")]
/// impl<S: Send + Sync> FromRequestParts<S> for CurrentUser {
///     type Rejection = AuthError;
///
///     async fn from_request_parts(_: &mut Parts, _: &S, token: AccessToken) -> Result<Self, AuthError> {
///         Ok(Self { name: token.subject().unwrap_or_default().to_owned() })
///     }
/// }
///
/// /// Requires `items` and `me`.
/// #[requires_scopes("items")]
/// async fn read_own_items(user: CurrentUser) -> String {
///     user.name
/// }
/// # fn main() {}
/// ```
pub use scopes_runtime_macros::requires_scopes;

/// Adds the requirements of a struct's fields to the handlers that take the struct.
///
/// axum's `#[derive(FromRequestParts)]` extracts the fields, and each field checks the token. With this derive, the
/// document, the report and the first challenge contain their requirements.
/// `scopes-macros/expansions/scoped_extractor.rs` in the repository shows the expansion.
///
/// ```
/// use axum::extract::{FromRequestParts, Query};
/// use scopes_runtime::{AccessToken, ResourceServer, ScopedExtractor, requires_scopes};
/// # #[derive(serde::Deserialize)]
/// # struct Page { number: Option<u32> }
/// # #[scopes_runtime::declare_scopes]
/// # enum Scope {
/// #     /// Read items.
/// #     Items = "items",
/// # }
///
/// #[derive(FromRequestParts, ScopedExtractor)]
/// #[from_request(state(ResourceServer))]
/// struct Listing {
///     token: AccessToken,
///     page: Query<Page>,
/// }
///
/// #[requires_scopes("items")]
/// async fn read_items(listing: Listing) {
///     # let _ = (listing.token, listing.page.0.number);
/// }
/// # fn main() {}
/// ```
pub use scopes_runtime_macros::ScopedExtractor;

/// Allows requests with other credentials than an access token to call a handler: an API key, the signature of a webhook, a
/// refresh token.
///
/// The attribute names the extractor that checks the credentials, a [`CredentialExtractor`], or several, separated by
/// commas. The handler must take each of them, or another one of the same scheme, as an argument, and not inside `Option`
/// or `Result`: the attribute itself checks nothing. An extractor that checks an access token is a compile error. The access
/// report, the lock file and the OpenAPI document show the [schemes](CredentialScheme). The document has no responses for
/// missing credentials, because they are the application's.
/// `scopes-macros/expansions/authenticated_by.rs` in the repository shows the expansion.
///
/// ```
/// use axum::body::Bytes;
/// use axum::extract::{FromRequest, FromRequestParts, Request};
/// use axum::http::StatusCode;
/// use axum::http::request::Parts;
/// use scopes_runtime::{CredentialExtractor, CredentialScheme, authenticated_by};
/// # fn is_partner(key: &[u8]) -> bool { key == b"secret" }
/// # fn is_signature_of(signature: &[u8], body: &[u8]) -> bool { signature == body }
///
/// /// The key of a partner.
/// struct PartnerKey;
///
/// impl CredentialExtractor for PartnerKey {
///     const SCHEME: CredentialScheme = CredentialScheme::api_key_in_header("partner_key", "X-Api-Key");
/// }
///
/// impl<S: Sync> FromRequestParts<S> for PartnerKey {
///     type Rejection = StatusCode;
///
///     async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
///         let key = parts.headers.get("X-Api-Key").ok_or(StatusCode::UNAUTHORIZED)?;
///         if is_partner(key.as_bytes()) { Ok(Self) } else { Err(StatusCode::UNAUTHORIZED) }
///     }
/// }
///
/// /// The body of a webhook whose signature is valid.
/// struct SignedEvent(Bytes);
///
/// impl CredentialExtractor for SignedEvent {
///     const SCHEME: CredentialScheme = CredentialScheme::api_key_in_header("webhook_signature", "X-Signature");
/// }
///
/// impl<S: Send + Sync> FromRequest<S> for SignedEvent {
///     type Rejection = StatusCode;
///
///     async fn from_request(request: Request, state: &S) -> Result<Self, StatusCode> {
///         let signature = request.headers().get("X-Signature").cloned().ok_or(StatusCode::UNAUTHORIZED)?;
///         let body = Bytes::from_request(request, state).await.map_err(|_| StatusCode::BAD_REQUEST)?;
///         if is_signature_of(signature.as_bytes(), &body) { Ok(Self(body)) } else { Err(StatusCode::UNAUTHORIZED) }
///     }
/// }
///
/// #[authenticated_by(PartnerKey)]
/// async fn read_prices(_: PartnerKey) {}
///
/// #[authenticated_by(SignedEvent)]
/// async fn receive(SignedEvent(event): SignedEvent) {
///     # drop(event);
/// }
/// # fn main() {}
/// ```
///
/// A handler with [`#[requires_scopes]`](macro@requires_scopes) that takes such an extractor requires an access token and the
/// credentials:
///
/// ```
/// # use axum::extract::FromRequestParts;
/// # use axum::http::{StatusCode, request::Parts};
/// # use scopes_runtime::{CredentialExtractor, CredentialScheme, requires_scopes};
/// # #[scopes_runtime::declare_scopes]
/// # enum Scope {
/// #     /// Read items.
/// #     Items = "items",
/// # }
/// # struct PartnerKey;
/// # impl CredentialExtractor for PartnerKey {
/// #     const SCHEME: CredentialScheme = CredentialScheme::api_key_in_header("partner_key", "X-Api-Key");
/// # }
/// # impl<S: Sync> FromRequestParts<S> for PartnerKey {
/// #     type Rejection = StatusCode;
/// #     async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, StatusCode> { Ok(Self) }
/// # }
/// #[requires_scopes("items")]
/// async fn read_items(_: PartnerKey) {}
/// # fn main() {}
/// ```
pub use scopes_runtime_macros::authenticated_by;

/// Allows requests without an access token to call a handler.
///
/// `reason` appears in the access report. The handler can take `Option<AccessToken>` to identify a user with a
/// token. An extractor that refuses requests without a token or without other credentials is a compile error, unless it is
/// inside `Option` or `Result`. `scopes-macros/expansions/public.rs` in the repository shows the expansion.
///
/// ```
/// use scopes_runtime::{AccessToken, public};
///
/// #[public(reason = "a greeting reveals nothing")]
/// async fn greet(token: Option<AccessToken>) -> String {
///     match token.as_ref().and_then(AccessToken::subject) {
///         Some(name) => format!("hello, {name}"),
///         None => "hello".to_owned(),
///     }
/// }
/// # fn main() {}
/// ```
pub use scopes_runtime_macros::public;

/// Returns a [`Requirement`], written as in [`#[requires_scopes]`](macro@requires_scopes).
///
/// `scopes-macros/expansions/scopes.rs` in the repository shows the expansion.
///
/// ```
/// # #[scopes_runtime::declare_scopes]
/// # enum Scope {
/// #     /// Read items.
/// #     Items = "items",
/// #     /// Everything.
/// #     Admin = "admin",
/// # }
/// use scopes_runtime::{AccessToken, AuthError, scopes};
///
/// fn may_read(token: &AccessToken) -> Result<(), AuthError> {
///     token.require(scopes!(any("items", "admin")))
/// }
/// # fn main() {}
/// ```
pub use scopes_runtime_macros::scopes;

/// For generated code alone.
#[doc(hidden)]
pub mod __private {
    pub use crate::attribute_order::{Binding, any};
    pub use crate::http::{
        AuthenticatedOperation, Describe, DescriptionOf, HandlerInfo, HandlerSource, IntoRejection,
        NoDescription, NoRequirement, ProvidesResourceServer, PublicOperation, Rejected, RejectsWith,
        RequirementOf, ScopedExtractor, ScopedOperation, SignatureDescription, any_of, check, forbid,
    };
    pub use crate::lock::{accepts_changes, check_lock};
    #[cfg(feature = "openapi")]
    pub use crate::openapi::{DocumentedHandler, ScopedPath};
    pub use crate::scope::{NoScope, deserialize, find};
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
