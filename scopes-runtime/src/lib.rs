//! OAuth2 scopes for axum, declared once: checked by the compiler, enforced as RFC 6750 asks.
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
//!     format!("the items of {}", token.subject().unwrap_or("nobody"))
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
//! [`ScopedRouter`] takes only handlers that say who may call them; the attributes work with axum's own `Router` too. A
//! scope that is not declared does not compile:
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
//! # What a request is answered
//!
//! | situation | status | `WWW-Authenticate: Bearer realm="…"` and |
//! | --- | --- | --- |
//! | no credentials, or another scheme | 401 | `scope="…"` when some are required |
//! | malformed, empty or repeated `Authorization` | 400 | `error="invalid_request"` |
//! | the token fails a check | 401 | `error="invalid_token"`, `scope="…"` |
//! | a scope is missing | 403 | `error="insufficient_scope"`, `scope="…"` |
//! | the user has not logged in as required | 401 | `error="insufficient_user_authentication"`, what is, `scope="…"` |
//! | the token cannot be checked now | 503 | no challenge, but `Retry-After` |
//!
//! The body is a problem detail (RFC 9457). [`AuthError`] is the type behind all of these.
//!
//! # Features
//!
//! - `openapi` (default): the OpenAPI document of a [`ScopedRouter`], with utoipa's types.
//! - `aide`: handlers with the attributes in aide's `ApiRouter`, and what they require in its document;
//!   `openapi::OAuth2Scheme` shows how.
//! - `aws-lc-rs` (default): `JwtDecoder` on aws-lc-rs, which verifies RSA signatures ten times faster.
//! - `issuer`: `Jwks`, the keys that an issuer publishes, found by discovery and fetched again as they
//!   change. TLS needs aws-lc-rs, so signatures are verified with it too.
//! - `rust-crypto`: `JwtDecoder` on the RustCrypto crates, which need no C compiler. With both features on,
//!   aws-lc-rs is used; with neither there is no `JwtDecoder`, and [`TokenDecoder`] is yours to implement.
//! - `testing`: for the tests of your API, an issuer, guards, the scope matrix and attacks.

mod attribute_order;
mod http;
mod lock;
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
    AuthError, Authorized, Challenge, ProtectedResourceMetadata, ProtectedResourceMetadataError, Public,
    RealmError, RequiredScopes, ResourceServer, ResourceServerBuilder,
};
pub use router::ScopedRouter;
pub use scope::{DeclaredScope, GrantedScopes, Requirement, UndeclaredScopeError, Vocabulary};
pub use token::{AccessToken, DecodeError, DecodeFuture, TokenDecoder};
#[cfg(feature = "_jwt")]
pub use token::{
    Algorithm, JwtDecoder, JwtDecoderBuilder, JwtDecoderError, KeyError, MultiIssuerDecoder, ScopeClaim,
    TokenProfile, VerificationKey,
};
#[cfg(feature = "issuer")]
pub use token::{IntrospectionDecoder, IntrospectionDecoderBuilder, IntrospectionDecoderError, Jwks};

/// Declares the scopes that an API knows: a vocabulary.
///
/// It goes on an enum. Each variant is a scope: its discriminant is the name, a scope-token of RFC 6749 section 3.3,
/// and its doc comment the description that a person reads before granting it. `#[implies(Variant, …)]` says that a
/// token with this scope satisfies those too, and what they imply.
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
/// The enum gets:
///
/// - `ALL`, `declared`, `as_str` and `description`;
/// - `Display`, `FromStr`, `AsRef<str>`, and serde's `Serialize` and `Deserialize`, as the scope's name;
/// - `Clone`, `Copy`, `Debug`, `PartialEq`, `Eq`, `PartialOrd`, `Ord` and `Hash`, less those that stand in a
///   `#[derive]` below the attribute;
/// - a macro of the same name, through which requirements find the scopes. Types and macros have separate namespaces,
///   so one `use` brings both.
///
/// String literals in requirements are looked up in the vocabulary that is called `Scope` where they stand. One that
/// lives elsewhere, or under another name, comes with a `use`:
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
/// Where a vocabulary stands below another one of the name `Scope`, in a test module with `use super::*` for instance,
/// the language calls literals ambiguous: name its scopes by path there, or give it another name and import that as
/// `Scope`. Generated code names `::scopes_runtime`, so the dependency keeps its name.
///
/// In a binary crate, and unless the enum is `pub`, rustc warns of a scope that nothing requires and that implies none;
/// parsing a name does not count, naming `ALL` does.
pub use scopes_macros::declare_scopes;

/// Says what a token must be allowed to do for a handler or an extractor to run.
///
/// A list is all of its scopes; `any(…)` is one of them; `all(…)` and `any(…)` nest. A scope is a string literal or
/// the path of a variant. Nothing at all means any valid token.
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
/// async fn whoever_has_a_token() {}
/// # fn main() {}
/// ```
///
/// Beside the scopes may stand how and when the user has to have logged in: `acr`, an authentication context class or
/// `any(…)` of several, and `max_age`, in seconds. A token of another login has the scopes, but is sent back for a new
/// one, as RFC 9470 asks: 401 `insufficient_user_authentication`. It holds for the whole requirement, and like scopes it
/// adds up through extractors.
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
/// # On a handler
///
/// The handler is an `async fn`, free-standing, with up to 15 arguments. It gets one argument before its own,
/// [`Authorized`], so the check runs before any other extractor. The router's state provides the [`ResourceServer`].
/// Attributes that look at the signature, such as `#[axum::debug_handler]`, go below this one: above it they count one
/// argument too few (E0061).
///
/// Above `#[utoipa::path]`, this attribute adds `security` and the refusals to every document that is made from it, by
/// [`routes!`](crate::router::routes), `#[derive(OpenApi)]` or `utoipa_axum`. Below `#[utoipa::path]` it does not compile, because
/// utoipa would describe the operation as open; `impl_for` in utoipa's attribute prevents the detection. If the document is not
/// made by a `ScopedRouter`, an [`OAuth2Scheme`](crate::openapi::OAuth2Scheme) adds the components.
///
/// The handler also requires what its extractors require: those in its arguments, in tuples, and inside `Option` and
/// `Result`, where a refusal would otherwise reach the handler as a value. A struct of extractors requires what its fields
/// require, if it has [`#[derive(ScopedExtractor)]`](macro@ScopedExtractor).
///
/// The macro cannot see the requirement of an extractor
///
/// - whose type depends on the handler's own generics (inside `Option` or `Result` that is a compile error),
/// - inside another generic extractor, such as `axum_extra`'s `Cached<E>` and `Either<A, B>`,
/// - inside a hand-written `FromRequestParts` that calls another extractor without naming it as an
///   [extra argument](#on-an-extractor).
///
/// Such an extractor still checks the token itself, and a refusal stops the handler, unless the type around it turns the
/// refusal into a value, as `Either` does. The document, the report and the first challenge do not name what it requires.
/// The scope matrix of the module `testing` finds operations that require more than the report says.
///
/// The guard comes from a request alone. A test calls the handler through a router, or with the `guard` of the module
/// `testing`.
///
/// # On an extractor
///
/// On an `impl FromRequestParts` the extractor checks for itself, so that it protects any handler that takes it, and
/// tells handlers with the attribute what it requires. Like a handler it may take other extractors, as arguments after
/// `parts` and `state`; what those require is added. Its rejection is `From<AuthError>`, and `From` what the extractors
/// it takes reject with. One impl serves every state; two of them for one type contradict each other.
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
pub use scopes_macros::requires_scopes;

/// Makes known what a struct of extractors requires: all that its fields require.
///
/// axum's `#[derive(FromRequestParts)]` extracts the fields, each of which checks the token itself. This derive adds their
/// requirements to those of the handlers that take the struct, so that the document, the report and the first challenge
/// name them.
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
pub use scopes_macros::ScopedExtractor;

/// Says that a handler is open on purpose.
///
/// It may take `Option<AccessToken>`, to know who is there; an extractor that refuses requests without a token is a compile
/// error, unless it is inside `Option` or `Result`. Why
/// the handler is open is for whoever reads the report of all routes.
///
/// ```
/// use scopes_runtime::{AccessToken, public};
///
/// #[public(reason = "a greeting is for everyone")]
/// async fn greet(token: Option<AccessToken>) -> String {
///     match token.as_ref().and_then(AccessToken::subject) {
///         Some(name) => format!("hello, {name}"),
///         None => "hello".to_owned(),
///     }
/// }
/// # fn main() {}
/// ```
pub use scopes_macros::public;

/// A [`Requirement`] as an expression, in the grammar of [`#[requires_scopes]`](macro@requires_scopes).
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
pub use scopes_macros::scopes;

/// For generated code alone.
#[doc(hidden)]
pub mod __private {
    pub use crate::attribute_order::{Binding, any};
    pub use crate::http::{
        HandlerInfo, IntoRejection, NoRequirement, ProvidesResourceServer, PublicOperation, Rejected,
        RejectsWith, RequirementOf, ScopedExtractor, ScopedOperation, any_of, check,
    };
    pub use crate::lock::{accepts_changes, check_lock};
    #[cfg(feature = "openapi")]
    pub use crate::openapi::{DocumentedHandler, ScopedPath};
    pub use crate::scope::{deserialize, find};
    #[cfg(feature = "issuer")]
    pub use crate::token::usable_keys;
    pub use axum::extract::FromRequestParts;
    pub use scopes_macros::undeclared_scope;
    pub use serde;
    #[cfg(feature = "openapi")]
    pub use utoipa;
}
