//! Descriptions of path parameters of handlers without `#[utoipa::path]`, from their signatures.

use std::collections::HashMap;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Query};
use scopes_runtime::router::get;
use scopes_runtime::{ResourceServer, ScopedRouter, public, requires_scopes, scoped_handlers};
use scopes_tests::Scope;
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Book,
    Map,
}

#[derive(Deserialize, ToSchema)]
struct Number(#[allow(dead_code, reason = "the schema is what matters")] u64);

/// Without a schema.
#[derive(Deserialize)]
struct Opaque(#[allow(dead_code, reason = "the type is what matters")] String);

#[derive(Deserialize, IntoParams)]
#[allow(dead_code, reason = "the schema is what matters")]
struct ItemPath {
    /// The number of the item.
    item: u32,
    shelf: Kind,
}

#[derive(Deserialize, ToSchema)]
#[allow(dead_code, reason = "the schema is what matters")]
struct ItemSchema {
    item: u32,
    shelf: Kind,
}

#[derive(Deserialize, IntoParams, ToSchema)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "the schema is what matters")]
struct Both {
    item: Option<u32>,
    other: u32,
}

#[derive(Deserialize, IntoParams)]
#[allow(dead_code, reason = "the schema is what matters")]
struct Page {
    offset: u32,
}

#[requires_scopes("items")]
async fn one(_: Query<Page>, Path(_): Path<u64>) {}

#[public]
async fn optional(_: Option<Path<u64>>) {}

#[public]
async fn result(_: Result<axum::extract::Path<(Number, Kind)>, PathRejection>) {}

#[requires_scopes("items")]
async fn two(Path((_, _)): Path<(String, u32)>) {}

#[requires_scopes("items")]
async fn partly_opaque(_: Path<(Opaque, u32)>) {}

#[public]
async fn opaque(_: Path<Opaque>) {}

#[public]
async fn by_name(_: Path<ItemPath>) {}

#[public]
async fn by_schema(_: Path<ItemSchema>) {}

#[public]
async fn by_both(_: Path<Both>) {}

#[public]
async fn map(_: Path<HashMap<String, u32>>) {}

#[public]
async fn list(_: Path<Vec<(String, String)>>) {}

#[public]
async fn borrowed(_: Path<(u32, std::borrow::Cow<'static, str>)>) {}

#[public]
async fn generic<T: Send + 'static>(_: Path<(T, u32)>) {}

struct Api;

#[scoped_handlers]
impl Api {
    #[requires_scopes("items")]
    async fn in_a_block(_: Path<u64>) {}
}

mod own {
    use std::marker::PhantomData;

    use axum::extract::FromRequestParts;
    use axum::http::request::Parts;
    use scopes_runtime::public;

    /// The application's own extractor, which may read the path in another way.
    pub(super) struct Path<T>(PhantomData<T>);

    impl<S: Sync, T> FromRequestParts<S> for Path<T> {
        type Rejection = std::convert::Infallible;

        async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
            Ok(Self(PhantomData))
        }
    }

    #[public]
    pub(super) async fn own(_: Path<(u64, u64)>) {}
}

fn document(router: ScopedRouter<ResourceServer>) -> Value {
    serde_json::to_value(router.split_for_parts().1).expect("a document is JSON")
}

/// Returns the parameters of the only operation.
fn parameters(router: ScopedRouter<ResourceServer>) -> Value {
    let document = document(router);
    let paths = document["paths"].as_object().expect("paths");
    paths.values().next().expect("a path")["get"]["parameters"].clone()
}

fn parameter(name: &str, schema: &Value) -> Value {
    json!({ "name": name, "in": "path", "required": true, "schema": schema })
}

fn text() -> Value {
    json!({ "type": "string" })
}

fn u32_schema() -> Value {
    json!({ "type": "integer", "format": "int32", "minimum": 0 })
}

fn u64_schema() -> Value {
    json!({ "type": "integer", "format": "int64", "minimum": 0 })
}

fn kind() -> Value {
    json!({ "$ref": "#/components/schemas/Kind" })
}

#[test]
fn the_only_parameter_has_the_schema_of_its_type() {
    let mut offset = parameter("offset", &u32_schema());
    offset["in"] = "query".into();
    assert_eq!(
        parameters(ScopedRouter::new().route("/items/{id}", get(one))),
        json!([parameter("id", &u64_schema()), offset])
    );
    for router in [
        ScopedRouter::new().route("/items/{id}", get(optional)),
        ScopedRouter::new().route("/items/{id}", get(Api::in_a_block)),
        ScopedRouter::new().nest("/items", ScopedRouter::new().route("/{id}", get(optional))),
    ] {
        assert_eq!(parameters(router), json!([parameter("id", &u64_schema())]));
    }
}

#[test]
fn an_optional_path_without_parameters_describes_none() {
    assert_eq!(parameters(ScopedRouter::new().route("/items", get(optional))), Value::Null);
}

#[test]
fn the_elements_of_a_tuple_describe_the_parameters_in_the_order_of_the_path() {
    assert_eq!(
        parameters(ScopedRouter::new().route("/users/{user}/items/{id}", get(two))),
        json!([parameter("user", &text()), parameter("id", &u32_schema())])
    );
    let nested = ScopedRouter::new().route("/items/{*id}", get(two));
    assert_eq!(
        parameters(ScopedRouter::new().nest("/users/{user}", nested)),
        json!([parameter("user", &text()), parameter("id", &u32_schema())])
    );
    assert_eq!(
        parameters(ScopedRouter::new().route("/{a}/{b}", get(borrowed))),
        json!([parameter("a", &u32_schema()), parameter("b", &text())])
    );
}

#[test]
fn named_types_are_components() {
    let document = document(ScopedRouter::new().route("/{id}/{kind}", get(result)));
    assert_eq!(
        document["paths"]["/{id}/{kind}"]["get"]["parameters"],
        json!([parameter("id", &u64_schema()), parameter("kind", &kind())])
    );
    assert_eq!(
        document["components"]["schemas"]["Kind"],
        json!({ "type": "string", "enum": ["book", "map"] })
    );
}

#[test]
fn a_struct_describes_the_parameters_by_name() {
    let described = parameters(ScopedRouter::new().route("/{shelf}/{item}/{other}", get(by_name)));
    let mut item = parameter("item", &u32_schema());
    item["description"] = "The number of the item.".into();
    assert_eq!(described, json!([parameter("shelf", &kind()), item, parameter("other", &text())]));
    let document = document(ScopedRouter::new().route("/{shelf}/{item}", get(by_schema)));
    assert_eq!(
        document["paths"]["/{shelf}/{item}"]["get"]["parameters"],
        json!([parameter("shelf", &kind()), parameter("item", &u32_schema())])
    );
    assert!(document["components"]["schemas"]["Kind"].is_object());
}

/// `IntoParams` comes first. OpenAPI has no optional parameters of paths.
#[test]
fn a_struct_with_both_traits_describes_each_parameter_once() {
    assert_eq!(
        parameters(ScopedRouter::new().route("/{item}", get(by_both))),
        json!([parameter("item", &u32_schema())])
    );
}

#[test]
fn a_type_without_a_schema_is_a_string_and_keeps_its_position() {
    assert_eq!(
        parameters(ScopedRouter::new().route("/{a}/{b}", get(partly_opaque))),
        json!([parameter("a", &text()), parameter("b", &u32_schema())])
    );
    for router in [
        ScopedRouter::new().route("/{a}", get(opaque)),
        ScopedRouter::new().route("/{a}", get(map)),
        ScopedRouter::new().route("/{a}", get(list)),
    ] {
        assert_eq!(parameters(router), json!([parameter("a", &text())]));
    }
    for router in [
        ScopedRouter::new().route("/{a}/{b}", get(generic::<u64>)),
        ScopedRouter::new().route("/{a}/{b}", get(own::own)),
        // axum refuses each request.
        ScopedRouter::new().route("/{a}/{b}", get(one)),
    ] {
        let described = parameters(router);
        assert_eq!(described[0], parameter("a", &text()));
        assert_eq!(described[1], parameter("b", &text()));
    }
}
