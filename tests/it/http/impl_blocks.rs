//! `#[scoped_handlers]`: handlers in `impl` blocks.

use axum::extract::{FromRef, FromRequestParts, Path, State};
use axum::http::request::Parts;
use axum::{Json, Router, routing};
use scopes_runtime::router::get;
use scopes_runtime::{
    AccessToken, AuthError, ResourceServer, ScopedRouter, authenticated_by, public, requires_scopes,
    scoped_handlers,
};
use scopes_tests::{Readable, Scope, call, token};
use serde_json::json;

use crate::credentials::PartnerKey;

#[derive(Clone)]
struct Items {
    names: Vec<String>,
    server: ResourceServer,
}

impl FromRef<Items> for ResourceServer {
    fn from_ref(items: &Items) -> Self {
        items.server.clone()
    }
}

/// Requires `me`, in an argument that the block writes as `Self`.
struct CurrentUser(String);

#[requires_scopes("me")]
impl<S: Send + Sync> FromRequestParts<S> for CurrentUser {
    type Rejection = AuthError;

    async fn from_request_parts(_: &mut Parts, _: &S, token: AccessToken) -> Result<Self, AuthError> {
        Ok(Self(token.subject().unwrap_or_default().to_owned()))
    }
}

#[scoped_handlers]
impl Items {
    const PREFIX: &str = "item ";

    /// Lists the items.
    #[requires_scopes("items")]
    async fn list(State(items): State<Self>) -> Json<Vec<String>> {
        Json(items.names.iter().map(|name| Self::title(name)).collect())
    }

    #[requires_scopes("items:write")]
    pub(crate) async fn write(CurrentUser(name): CurrentUser, Path(item): Path<String>) -> String {
        format!("{name}: {}", Self::title(&item))
    }

    #[cfg(not(test))]
    #[requires_scopes("missing")]
    async fn not_compiled() {}

    #[public(reason = "of use to a monitor")]
    async fn health() -> &'static str {
        "ok"
    }

    #[authenticated_by(PartnerKey)]
    async fn receive(_: PartnerKey) {}

    fn title(name: &str) -> String {
        format!("{}{name}", Self::PREFIX)
    }
}

#[scoped_handlers]
impl CurrentUser {
    #[requires_scopes]
    async fn name(Self(name): Self) -> String {
        name
    }
}

struct Generic<T>(T);

#[scoped_handlers]
impl<T: Default + ToString> Generic<T> {
    #[requires_scopes("me")]
    async fn default() -> String {
        T::default().to_string()
    }
}

#[scoped_handlers]
#[cfg(not(test))]
impl Missing {
    #[requires_scopes]
    async fn not_compiled() {}
}

/// A handler that only seems to be in an `impl` block.
#[rustfmt::skip]
mod beside_an_impl {
    use super::*;

struct Closed;
impl Closed {}

    #[public]
    pub(super) async fn free() {
        let Closed = Closed;
    }
}

macro_rules! functions_of {
    (impl $name:ident { $($function:item)* }) => { $($function)* };
}

// A macro that takes the function out of the `impl` block.
functions_of! {
    impl Items {
        #[public]
        async fn taken_out() {}
    }
}

fn router() -> ScopedRouter<Items> {
    ScopedRouter::new()
        .route("/items", get(Items::list))
        .route("/items/{item}", get(Items::write))
        .route("/health", get(Items::health))
        .route("/events", get(Items::receive))
        .route("/name", get(CurrentUser::name))
        .route("/default", get(Generic::<u8>::default))
}

fn state() -> Items {
    Items { names: vec!["lamp".to_owned()], server: ResourceServer::new(Readable::default()) }
}

#[tokio::test]
async fn handlers_in_impl_blocks_are_guarded_in_both_routers() {
    let plain = Router::new()
        .route("/items", routing::get(Items::list))
        .route("/items/{item}", routing::get(Items::write))
        .route("/health", routing::get(Items::health))
        .route("/events", routing::get(Items::receive))
        .route("/name", routing::get(CurrentUser::name))
        .route("/default", routing::get(Generic::<u8>::default))
        .with_state(state());
    let cases = [
        ("/items", None, 401, ""),
        ("/items", Some("me"), 403, ""),
        ("/items", Some("items"), 200, r#"["item lamp"]"#),
        ("/items/lamp", Some("items:write"), 403, ""),
        ("/items/lamp", Some("items:write me"), 200, "alice: item lamp"),
        ("/health", None, 200, "ok"),
        ("/events", Some("items"), 401, ""),
        ("/name", Some("items"), 403, ""),
        ("/name", Some("me"), 200, "alice"),
        ("/default", Some("items"), 403, ""),
        ("/default", Some("me"), 200, "0"),
    ];
    for app in [router().split_for_parts().0.with_state(state()), plain] {
        for (path, scopes, status, text) in cases {
            let answer = call(&app, "GET", path, scopes.map(token).as_deref()).await;
            assert_eq!(answer.status, status, "{path} {scopes:?}");
            assert!(status != 200 || answer.text == text, "{path}: {}", answer.text);
        }
    }
}

#[test]
fn the_report_names_handlers_by_their_type() {
    let report = router().report().to_string();
    let expected = "\
METHOD  PATH           REQUIRES                      HANDLER                                     REASON
GET     /default       me                            it::http::impl_blocks::Generic<T>::default
GET     /events        authenticated by partner_key  it::http::impl_blocks::Items::receive
GET     /health        public                        it::http::impl_blocks::Items::health        of use to a monitor
GET     /items         items                         it::http::impl_blocks::Items::list
GET     /items/{item}  items:write me                it::http::impl_blocks::Items::write
GET     /name          me                            it::http::impl_blocks::CurrentUser::name";
    assert_eq!(report, expected);
}

#[test]
fn the_document_describes_handlers_in_impl_blocks() {
    let document = serde_json::to_value(router().split_for_parts().1).expect("a document is JSON");
    let list = &document["paths"]["/items"]["get"];
    assert_eq!(list["summary"], "Lists the items.");
    assert_eq!(list["security"], json!([{ "oauth2": ["items"] }]));
    assert_eq!(
        list["responses"]["200"]["content"]["application/json"]["schema"],
        json!({ "type": "array", "items": { "type": "string" } }),
    );
    assert_eq!(document["paths"]["/name"]["get"]["security"], json!([{ "oauth2": ["me"] }]));
}

#[tokio::test]
async fn handlers_that_only_seem_to_be_in_a_block_need_no_attribute_of_the_block() {
    let router =
        ScopedRouter::new().route("/beside", get(beside_an_impl::free)).route("/taken_out", get(taken_out));
    let app = Router::from(router.with_state(state()));
    for path in ["/beside", "/taken_out"] {
        assert_eq!(call(&app, "GET", path, None).await.status, 200, "{path}");
    }
}
