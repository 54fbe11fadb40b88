//! Operation ids. Each depends only on its method and path.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use scopes_runtime::router::{self, delete, get, post, put, routes};
use scopes_runtime::{ResourceServer, ScopedRouter, public, requires_scopes};
use scopes_tests::Scope;
use serde_json::json;
use utoipa::openapi::OpenApi;

use super::document;

const ROUTERS: u32 = 500;

#[requires_scopes("me")]
async fn list() {}

#[public]
async fn read() {}

mod other {
    use super::*;

    #[requires_scopes("items")]
    pub(super) async fn list() {}
}

/// utoipa uses the handler's name as the id.
#[requires_scopes("items")]
#[utoipa::path(get, path = "/described", responses((status = 200, description = "It.")))]
async fn described() {}

#[requires_scopes("items")]
#[utoipa::path(get, path = "/written", operation_id = "written", responses((status = 200, description = "It.")))]
async fn written() {}

#[requires_scopes("items")]
#[utoipa::path(post, path = "/things", operation_id = "get_items", responses((status = 200, description = "It.")))]
async fn as_generated() {}

type Router = ScopedRouter<ResourceServer>;

/// Returns the id of each operation by path and method.
fn ids(router: Router) -> BTreeMap<(String, String), String> {
    let document = document(router);
    let mut ids = BTreeMap::new();
    for (path, methods) in document["paths"].as_object().expect("paths") {
        for (method, operation) in methods.as_object().expect("methods") {
            let id = operation["operationId"].as_str().expect("an id").to_owned();
            ids.insert((path.clone(), method.clone()), id);
        }
    }
    ids
}

/// Returns the id of the operation of a path.
fn id(path: &str) -> String {
    let ids = ids(Router::new().route(path, get(list)));
    ids.into_values().next().expect("an operation")
}

#[test]
fn usual_paths_have_readable_ids() {
    for (path, expected) in [
        ("/", "get_root"),
        ("/items", "get_items"),
        ("/items/", "get_items_root"),
        ("/users/me/items", "get_users_me_items"),
        ("/items/{item_id}", "get_items_byItemId"),
        ("/items/{id}/tags/{tag_name}", "get_items_byId_tags_byTagName"),
        ("/order-items", "get_orderItems"),
        ("/order_items", "get_order__items"),
        ("/v1/oauth2-clients", "get_v1_oauth2Clients"),
        ("/files/{*path}", "get_files_byPath"),
        ("/orderItems", "get_orderItems_Hd9b2b955"),
        ("/.well-known/jwks.json", "get_well_known_jwks_json_Hbd93d37e"),
    ] {
        assert_eq!(id(path), expected, "{path}");
    }
    let ids = ids(Router::new().route("/items", post(list).delete(read)).route("/any", router::any(list)));
    let ids: Vec<_> = ids.values().map(String::as_str).collect();
    assert_eq!(
        ids,
        [
            "delete_any",
            "get_any",
            "head_any",
            "options_any",
            "patch_any",
            "post_any",
            "put_any",
            "trace_any",
            "delete_items",
            "post_items",
        ]
    );
}

/// Tries every path of up to four of these characters. Each is alone in its document, where no other id changes its id.
#[test]
fn different_paths_have_different_ids() {
    const CHARACTERS: [char; 8] = ['a', 'b', 'y', '1', 'A', '-', '_', '/'];
    let mut paths = vec!["/".to_owned()];
    let mut longer = paths.clone();
    for _ in 0..4 {
        longer =
            longer.iter().flat_map(|path| CHARACTERS.map(|character| format!("{path}{character}"))).collect();
        paths.extend(longer.clone());
    }
    let others =
        ["/root", "/a/root", "/{a}", "/{b}", "/{a_b}", "/{aB}", "/{a}/b", "/a/{b}", "/by-a-b", "/{{a}}"];
    paths.extend(others.map(str::to_owned));
    let ids: BTreeSet<_> = paths.iter().map(|path| id(path)).collect();
    assert_eq!(ids.len(), paths.len());
    let is_safe = |id: &&String| id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    assert_eq!(ids.iter().find(|id| !is_safe(id)), None);
}

/// A route that is added to a router.
#[derive(Clone, Debug)]
struct Added {
    segments: Vec<String>,
    /// The number of segments that are the prefix of a nested router.
    nested: usize,
    is_merged: bool,
    method: usize,
    handler: usize,
}

impl Added {
    fn path(&self) -> String {
        format!("/{}", self.segments.join("/"))
    }

    fn add(&self, router: Router) -> Router {
        let nested = self.nested.min(self.segments.len() - 1);
        let (prefix, rest) = self.segments.split_at(nested);
        let inner = match self.handler {
            3 => Router::new().routes(routes!(described)),
            handler => {
                let path = format!("/{}", rest.join("/"));
                let own = match (self.method, handler) {
                    (0, 0) => get(list),
                    (0, 1) => get(read),
                    (0, _) => get(other::list),
                    (1, 0) => post(list),
                    (1, _) => post(other::list),
                    (2, 0) => put(list),
                    (2, _) => put(read),
                    (_, 0) => delete(list),
                    (_, _) => delete(other::list),
                };
                Router::new().route(&path, own)
            }
        };
        match prefix {
            [] if self.is_merged => router.merge(inner),
            [] => Router::new().merge(inner).merge(router),
            _ => router.nest(&format!("/{}", prefix.join("/")), inner),
        }
    }

    /// Returns the path and the method. Routes of one router differ in them.
    fn key(&self) -> (String, usize) {
        match self.handler {
            3 => {
                let nested = self.nested.min(self.segments.len() - 1);
                (format!("/{}/described", self.segments[..nested].join("/")), 0)
            }
            _ => (self.path(), self.method),
        }
    }
}

fn added() -> impl Strategy<Value = Added> {
    let words =
        ["items", "order", "order-items", "order_items", "orderItems", "a", "root", "by-a", "v1.0", "{}"];
    let segments = prop::collection::vec(prop::sample::select(words.to_vec()), 1..4);
    (segments, 0..3_usize, any::<bool>(), 0..4_usize, 0..4_usize).prop_map(
        |(segments, nested, is_merged, method, handler)| {
            // axum allows one parameter name per position.
            let named =
                segments.iter().enumerate().map(|(at, word)| word.replace("{}", &format!("{{part_{at}}}")));
            Added { segments: named.collect(), nested, is_merged, method, handler }
        },
    )
}

#[test]
fn another_route_changes_no_other_id() {
    let mut runner =
        TestRunner::new(Config { cases: ROUTERS, failure_persistence: None, ..Config::default() });
    let routers = (prop::collection::vec(added(), 1..12), added(), any::<prop::sample::Index>());
    let tested = runner.run(&routers, |(mut routes, more, place)| {
        let mut keys = BTreeSet::from([more.key()]);
        routes.retain(|route| keys.insert(route.key()));
        let router = |routes: &[Added]| {
            routes.iter().fold(Router::new().routes(routes!(written)), |router, route| route.add(router))
        };
        let before = ids(router(&routes));
        routes.insert(place.index(routes.len() + 1), more);
        let after = ids(router(&routes));
        prop_assert_eq!(after.len(), before.len() + 1);
        for (operation, id) in &before {
            prop_assert_eq!(Some(id), after.get(operation));
        }
        let unique: BTreeSet<_> = after.values().collect();
        prop_assert_eq!(unique.len(), after.len());
        Ok(())
    });
    tested.unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn a_written_id_stays_and_a_generated_one_changes() {
    let items = || Router::new().route("/items", get(list));
    let things = || Router::new().routes(routes!(as_generated));
    for router in [items().merge(things()), things().merge(items())] {
        let ids: Vec<_> = ids(router).into_values().collect();
        assert_eq!(ids, ["get_items_H81f40715", "get_items"]);
    }
}

#[test]
fn the_first_operation_keeps_an_id_that_is_written_twice() {
    let written = || Router::new().routes(routes!(written));
    let ids = ids(Router::new().nest("/b", written()).nest("/a", written()).nest("/c", written()));
    let ids: Vec<_> = ids.into_values().collect();
    assert_eq!(ids, ["get_a_written", "written", "get_c_written"]);
}

#[test]
fn a_written_id_equal_to_the_handler_name_stays() {
    #[requires_scopes("items")]
    #[utoipa::path(get, path = "/named", operation_id = "named", responses((status = 200, description = "It.")))]
    async fn named() {}

    let ids = ids(Router::new().routes(routes!(named, described)));
    let ids: Vec<_> = ids.into_values().collect();
    assert_eq!(ids, ["get_described", "named"]);
}

#[test]
fn ids_of_a_given_document_stay() {
    let operation = |id: &str| json!({ "get": { "operationId": id, "responses": {} } });
    let given: OpenApi = serde_json::from_value(json!({
        "openapi": "3.1.0",
        "info": { "title": "Given", "version": "1" },
        "paths": { "/items": operation("mine"), "/elsewhere": operation("get_me"), "/written": operation("yours") },
    }))
    .expect("a document");
    let router = Router::with_openapi(given)
        .route("/items", get(list))
        .route("/me", get(list))
        .routes(routes!(written))
        .nest("/nested", Router::new().routes(routes!(written)));
    let ids: Vec<_> = ids(router).into_values().collect();
    assert_eq!(ids, ["get_me", "mine", "get_me_Hce10fd02", "written", "yours"]);
}
