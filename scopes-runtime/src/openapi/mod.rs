//! The OpenAPI document of guarded handlers.
//!
//! # Refusals
//!
//! Each operation that accepts a token documents the responses of its guard: 400, 401, 503, and 403 where it requires a scope
//! or may require one later. A response that the operation documents itself for one of these statuses keeps its description,
//! headers and media types. It gets the media type and headers of the refusal beside them. Two schemas for one media type
//! become `anyOf`. This also holds for a range such as `4XX`, and for `default`: the response for the exact status takes
//! precedence over them, so their content is copied into it. The response 400 includes `text/plain`, the media type of axum's
//! own rejections.
//!
//! [`ScopedRouter::refusal_schema`](crate::ScopedRouter::refusal_schema) sets another media type and schema than
//! `application/problem+json` and `AuthProblem`.
//!
//! Where the document is known, a reference (`response = NotAllowed`) is replaced by a copy of the component, with the refusal
//! beside its content: in [`ScopedRouter`](crate::ScopedRouter), [`Fragment`] and [`OAuth2Scheme`] as a modifier. Any other
//! reference stays as it is, and its component must describe both.
//!
//! # Requirements in words
//!
//! The last paragraph of an operation's description contains what it requires: every alternative, the scopes that include
//! those of the alternatives, and the authentication of the user. It begins with `**Access:**`, and is replaced if a document
//! is merged again.
//!
//! # Alternatives
//!
//! `security` lists the alternatives of a requirement as they are written, also one whose scopes imply another alternative:
//! `any("items:write", "items")` is both. A reader who knows no implications then refuses neither, and a generated client can
//! request either scope. Left out are scopes that another scope of the same alternative implies, so that clients request no
//! more than they need, and alternatives that contain all scopes of another one. Refusals and the access report list the
//! minimal alternatives, which accept the same tokens. The extension [`x-scopes`](OAuth2Scheme#x-scopes) has the implications.
//!
//! # Handlers without `#[utoipa::path]`
//!
//! The first paragraph of the doc comment is the summary, the rest the description. Without a comment, the summary is the name
//! of the function: `Read own items`. Request and response are described by the types in the signature: `Json<T>` and `Form<T>`
//! if `T` implements `ToSchema`, `Query<T>` if `T` implements `IntoParams`, also in `Option` and `Result`. The response is that
//! of `Json<T>`, `(StatusCode, Json<T>)`, `String`, `&'static str`, `Html<T>`, `NoContent` or no type, also in `Result`. Its
//! status is 200, 204 for `NoContent`, and `2XX` for a `StatusCode`, which is a value. Parameters of the path have the type in
//! `Path<T>` if it has a schema, and are strings otherwise. Other types add nothing, and require no traits. If two types have
//! one name, only the first is described.
//!
//! `Json<Vec<Item>>` refers to the component `Item`, as `#[utoipa::path(body = Vec<Item>)]` does. So do the other collections
//! of the standard library, arrays, `Option`, `Box` and `Arc`. `Json<Page<Item>>` is the component `Page_Item` if `Page`
//! derives `ToSchema`. Tuples contain the schemas of their elements. As in utoipa, the types are read in the source: behind a
//! type alias, the schema of the element is written where it is used.
//!
//! # Operation ids
//!
//! [`ScopedRouter`](crate::ScopedRouter) makes the id of an operation from its method and path: `GET /items/{item_id}` is
//! `get_items_byItemId`. No other route changes it. The words of kebab case become camel case (`/order-items` is
//! `orderItems`), an underscore is doubled (`/order_items` is `order__items`), and a slash at the end is `root`. A path with
//! other characters, or with capital letters, gets a hash at the end: `get_well_known_jwks_json_Hbd93d37e`.
//!
//! An id from `#[utoipa::path(operation_id = "…")]`, or from the document given to
//! [`with_openapi`](crate::ScopedRouter::with_openapi), stays. Where the generated id of another operation is the same, that
//! one gets a hash at the end. Where several operations have the same written id, the first route keeps it.
//!
//! Without a `ScopedRouter` (`#[derive(OpenApi)]`, `utoipa_axum`) ids are those of utoipa: the handlers' names.

mod access_text;
#[cfg(feature = "aide")]
mod aide;
mod body_schema;
mod components;
mod credentials;
mod default_operation;
mod description;
#[cfg(feature = "issuer")]
mod discovery;
mod document;
mod endpoints;
mod fragment;
mod handler_signature;
mod json_responses;
mod modifier;
mod operation_access;
mod operation_ids;
mod path_item;
mod refusals;
mod responses;
mod scheme;
mod schemes;
mod scoped_path;
mod security;
mod version_3_0;
mod vocabulary;

#[doc(hidden)]
pub use description::{DocumentedHandler, UtoipaPath};
pub(crate) use description::{methods_of, path_of};
pub(crate) use document::document;
pub use fragment::{Fragment, UnmatchedOperationsError};
pub(crate) use refusals::{PROBLEMS, Refusals};
pub use scheme::{OAuth2Scheme, SCHEME_NAME};
pub(crate) use schemes::Schemes;
#[doc(hidden)]
pub use scoped_path::ScopedPath;
pub use version_3_0::to_openapi_3_0;

#[cfg(feature = "issuer")]
#[cfg_attr(docsrs, doc(cfg(feature = "issuer")))]
pub use discovery::DiscoveryError;
