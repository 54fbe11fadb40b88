//! Requirements of extractors inside `Option`, `Result`, tuples and structs.

use std::convert::Infallible;

use axum::Router;
use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use axum::routing::get as on_get;
use scopes_runtime::{
    AccessToken, AuthError, ResourceServer, ScopedExtractor, ScopedRouter, public, requires_scopes, router,
};
use scopes_tests::{Readable, Scope, bearer, get};
use serde_json::json;

struct CurrentUser;

#[requires_scopes("me")]
impl<S: Send + Sync> FromRequestParts<S> for CurrentUser {
    type Rejection = AuthError;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, AuthError> {
        Ok(Self)
    }
}

impl<S: Send + Sync> OptionalFromRequestParts<S> for CurrentUser
where
    Self: FromRequestParts<S>,
{
    type Rejection = AuthError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, AuthError> {
        Ok(<Self as FromRequestParts<S>>::from_request_parts(parts, state).await.ok())
    }
}

#[derive(FromRequestParts, ScopedExtractor)]
#[from_request(state(ResourceServer))]
struct Context {
    _user: CurrentUser,
    _inner: Inner,
    _method: axum::http::Method,
}

#[derive(FromRequestParts, ScopedExtractor)]
#[from_request(state(ResourceServer))]
struct Inner {
    _token: Result<AccessToken, AuthError>,
    _user: Option<CurrentUser>,
}

#[derive(FromRequestParts, ScopedExtractor)]
struct Unscoped {
    _method: axum::http::Method,
}

#[requires_scopes("items")]
async fn in_result(_: Result<CurrentUser, AuthError>) {}

#[requires_scopes("items")]
async fn in_option(_: Option<CurrentUser>) {}

#[requires_scopes("items")]
async fn in_tuple_in_result(_: Result<(axum::http::Method, CurrentUser), Response>) {}

#[requires_scopes("items")]
async fn in_nested_tuple(_: ((CurrentUser,), axum::http::Method)) {}

#[requires_scopes("items")]
async fn in_struct(_: Context) {}

#[requires_scopes("items")]
async fn in_option_in_result(_: Result<Option<CurrentUser>, AuthError>) {}

#[requires_scopes("items")]
async fn in_result_in_result(_: Result<Result<CurrentUser, AuthError>, Infallible>) {}

#[requires_scopes("items")]
async fn in_option_in_tuple_in_result(_: Result<(Option<CurrentUser>, axum::http::Method), Response>) {}

type MaybeUser = Option<CurrentUser>;
type Fallible<T> = core::result::Result<T, AuthError>;

#[requires_scopes("items")]
async fn in_aliases(_: Fallible<MaybeUser>) {}

/// The names of `core`'s types, with other arguments.
mod renamed {
    pub(super) type Result<E, T> = core::result::Result<T, E>;
}

#[requires_scopes("items")]
async fn in_a_renamed_result(_: renamed::Result<AuthError, CurrentUser>) {}

struct Config;

#[requires_scopes("me")]
impl<S: Send + Sync> FromRequestParts<S> for &'static Config {
    type Rejection = AuthError;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, AuthError> {
        Ok(&Config)
    }
}

#[requires_scopes("items")]
async fn of_a_reference(_: Result<&'static Config, AuthError>) {}

struct Generic<T: ?Sized, const N: usize = 0>(std::marker::PhantomData<Box<T>>);

#[requires_scopes("me")]
impl<T: ?Sized, S: Send + Sync, const N: usize> FromRequestParts<S> for Generic<T, N> {
    type Rejection = AuthError;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, AuthError> {
        Ok(Self(std::marker::PhantomData))
    }
}

#[requires_scopes("items")]
#[rustfmt::skip]
async fn with_a_computed_constant(_: Fallible<Generic<u8, { let _ = 0; 3 }>>) {}

/// An extractor for one signature only.
struct Signature<T>(std::marker::PhantomData<T>);

type BoundLifetimes = fn(&str);

#[requires_scopes("me")]
impl<S: Send + Sync> FromRequestParts<S> for Signature<BoundLifetimes> {
    type Rejection = AuthError;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, AuthError> {
        Ok(Self(std::marker::PhantomData))
    }
}

#[requires_scopes("items")]
async fn with_bound_lifetimes(_: Fallible<Signature<fn(&str)>>) {}

/// The extractor of fields and structs with `via`.
struct Via<T>(T);

#[requires_scopes("me")]
impl<S: Send + Sync> FromRequestParts<S> for Via<String> {
    type Rejection = AuthError;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, AuthError> {
        Ok(Self(String::new()))
    }
}

#[requires_scopes("me")]
impl<S: Send + Sync> FromRequestParts<S> for Via<WholeVia> {
    type Rejection = AuthError;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, AuthError> {
        Ok(Self(WholeVia {}))
    }
}

#[derive(FromRequestParts, ScopedExtractor)]
#[from_request(state(ResourceServer))]
struct FieldVia {
    #[from_request(via(Via))]
    _name: String,
}

#[derive(FromRequestParts, ScopedExtractor)]
#[from_request(state(ResourceServer))]
struct WrappedFieldVia {
    #[from_request(via(Via))]
    _name: Result<String, AuthError>,
}

#[derive(FromRequestParts, ScopedExtractor)]
#[from_request(via(Via))]
struct WholeVia {}

#[requires_scopes("items")]
async fn via_field(_: FieldVia) {}

#[requires_scopes("items")]
async fn via_wrapped_field(_: WrappedFieldVia) {}

#[requires_scopes("items")]
async fn via_whole(_: Result<WholeVia, Response>) {}

/// An extractor with a lifetime.
struct Borrowed<'a>(std::marker::PhantomData<&'a ()>);

#[requires_scopes("me")]
impl<'a, S: Send + Sync> FromRequestParts<S> for Borrowed<'a> {
    type Rejection = AuthError;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, AuthError> {
        Ok(Self(std::marker::PhantomData))
    }
}

#[requires_scopes("items")]
async fn with_a_lifetime(_: Result<Borrowed<'_>, AuthError>) {}

/// An extractor that takes a wrapped extractor.
struct Outer;

#[requires_scopes]
impl<S: Send + Sync> FromRequestParts<S> for Outer {
    type Rejection = AuthError;

    async fn from_request_parts(
        _: &mut Parts,
        _: &S,
        _: Result<Result<CurrentUser, AuthError>, Infallible>,
    ) -> Result<Self, AuthError> {
        Ok(Self)
    }
}

#[requires_scopes("items")]
async fn in_an_extractor(_: Outer) {}

#[tokio::test]
async fn requirements_of_wrapped_extractors_count() {
    let app = Router::new()
        .route("/result", on_get(in_result))
        .route("/option", on_get(in_option))
        .route("/tuple-in-result", on_get(in_tuple_in_result))
        .route("/nested-tuple", on_get(in_nested_tuple))
        .route("/struct", on_get(in_struct))
        .route("/option-in-result", on_get(in_option_in_result))
        .route("/result-in-result", on_get(in_result_in_result))
        .route("/option-in-tuple-in-result", on_get(in_option_in_tuple_in_result))
        .route("/aliases", on_get(in_aliases))
        .route("/renamed-result", on_get(in_a_renamed_result))
        .route("/reference", on_get(of_a_reference))
        .route("/computed-constant", on_get(with_a_computed_constant))
        .route("/bound-lifetimes", on_get(with_bound_lifetimes))
        .route("/via-field", on_get(via_field))
        .route("/via-wrapped-field", on_get(via_wrapped_field))
        .route("/via-whole", on_get(via_whole))
        .route("/lifetime", on_get(with_a_lifetime))
        .route("/extractor", on_get(in_an_extractor))
        .with_state(ResourceServer::new(Readable::default()));
    for path in [
        "/result",
        "/option",
        "/tuple-in-result",
        "/nested-tuple",
        "/struct",
        "/option-in-result",
        "/result-in-result",
        "/option-in-tuple-in-result",
        "/aliases",
        "/renamed-result",
        "/reference",
        "/computed-constant",
        "/bound-lifetimes",
        "/via-field",
        "/via-wrapped-field",
        "/via-whole",
        "/lifetime",
        "/extractor",
    ] {
        let anonymous = get(&app, path, &[]).await;
        assert_eq!(anonymous.challenge(), Some(r#"Bearer realm="api", scope="items me""#), "{path}");
        let refused = get(&app, path, &["Bearer items"]).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{path}");
        let accepted = get(&app, path, &[&bearer("items me")]).await;
        assert_eq!(accepted.status, StatusCode::OK, "{path}");
    }
}

#[public]
async fn open_result(user: Result<CurrentUser, AuthError>) -> String {
    user.is_ok().to_string()
}

#[public]
async fn open_struct(_: Inner) {}

#[public]
async fn open_nested(_: Result<Option<AccessToken>, AuthError>) {}

#[public]
async fn open_unscoped(_: Unscoped) {}

#[tokio::test]
async fn wrapped_extractors_of_public_handlers_are_optional() {
    let router = ScopedRouter::new()
        .route("/result", router::get(open_result))
        .route("/struct", router::get(open_struct))
        .route("/nested", router::get(open_nested))
        .route("/unscoped", router::get(open_unscoped));
    let (router, document) = router.split_for_parts();
    let document = serde_json::to_value(document).expect("JSON");
    let security = |path: &str| document["paths"][path]["get"]["security"].clone();
    assert_eq!(security("/result"), json!([{}, { "oauth2": [] }]));
    assert_eq!(security("/struct"), json!([{}, { "oauth2": [] }]));
    assert_eq!(security("/nested"), json!([{}, { "oauth2": [] }]));
    assert_eq!(security("/unscoped"), json!([]));
    let app = router.with_state(ResourceServer::new(Readable::default()));
    assert_eq!(get(&app, "/result", &[]).await.text, "false");
    assert_eq!(get(&app, "/result", &["Bearer me"]).await.text, "true");
    assert_eq!(get(&app, "/struct", &[]).await.status, StatusCode::OK);
}
