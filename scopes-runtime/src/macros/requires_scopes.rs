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
/// `dpop`, also in the outermost list, requires a token that is bound to a DPoP key (RFC 9449), with a proof, from a server
/// that also accepts bearer tokens ([guide](crate::guide::bound_tokens#operations-that-require-dpop), feature `bound-tokens`).
/// A bearer token gets 401 `invalid_token`, and the challenges of the operation offer `DPoP` alone.
///
/// ```
/// # #[scopes_runtime::declare_scopes]
/// # enum Scope {
/// #     /// Pay.
/// #     Pay = "pay",
/// # }
/// use scopes_runtime::requires_scopes;
///
/// # #[cfg(feature = "bound-tokens")]
/// #[requires_scopes("pay", dpop)]
/// async fn pay() {}
///
/// # #[cfg(feature = "bound-tokens")]
/// #[requires_scopes(dpop)]
/// async fn any_bound_token() {}
/// # fn main() {}
/// ```
///
/// A parameter of a scope, such as `{org}` in `org:{org}:read`, has the value of the path parameter with its name
/// ([guide](crate::guide::scope_parameters)).
///
/// `may_require(…)`, also in the outermost list, declares what the code may require of the token later with
/// [`AccessToken::require`](crate::AccessToken::require), which panics in debug builds for anything else. It does not change
/// which requests reach the handler. The access report, the lock file and the OpenAPI document (`x-may-require`) contain it.
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
/// A handler is an `async fn` with at most 15 arguments. In an `impl` block it needs
/// [`scoped_handlers`](crate::scoped_handlers). The attribute adds a first argument,
/// [`Authorized`](crate::Authorized), so the check runs before any other extractor. The router's state must contain the
/// [`ResourceServer`](crate::ResourceServer). Attributes that read the signature, such as `#[axum::debug_handler]`, go below
/// this one: above it they count one argument too few (E0061). `scopes-macros/expansions/requires_scopes_on_a_handler.rs` in
/// the repository shows the expansion.
///
/// Above `#[utoipa::path]`, this attribute adds `security` and the error responses to each document with the
/// handler, of a `ScopedRouter`, `#[derive(OpenApi)]` or `utoipa_axum`. Without a
/// `ScopedRouter`, add the components that these refer to with an [`OAuth2Scheme`](crate::openapi::OAuth2Scheme).
/// Below `#[utoipa::path]`, this attribute is a compile error, because utoipa would document the operation as open;
/// `impl_for` in `#[utoipa::path]` hides that mistake.
///
/// The requirements of the extractors in the arguments are added: also of those in tuples, `Option` and `Result`. With
/// `Option` and `Result`, the handler would otherwise get the refusal as a value, and run. A struct of extractors adds the
/// requirements of its fields if it has [`#[derive(ScopedExtractor)]`](macro@crate::ScopedExtractor). A
/// [`CredentialExtractor`](crate::CredentialExtractor) adds its credentials, which a request needs beside the token. Inside
/// `Option` or `Result` it is a compile error.
///
/// The macro cannot read the requirement of an extractor
///
/// - whose type depends on the handler's own generics (inside `Option` or `Result` that is a compile error; an alias such as
///   `type Maybe<T> = Option<T>` hides it from the macro, and converts a refusal into a value),
/// - inside another generic extractor, such as `axum_extra`'s `Cached<E>` and `Either<A, B>`,
/// - inside a hand-written `FromRequestParts` that calls another extractor without naming it as an
///   [extra argument](#on-an-extractor).
///
/// Such an extractor still checks the token, and its refusal stops the handler, unless the type around it converts
/// the refusal into a value, as `Either` and `Option` do. The document, the report and the first challenge do not contain its
/// requirement. The scope matrix of the module `testing` finds operations that require more than the report lists.
///
/// Only a request creates an [`Authorized`](crate::Authorized). Tests call the handler through a router, or with `guard` of
/// the module `testing`.
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
