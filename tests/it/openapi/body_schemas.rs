//! The schemas of generic types in signatures: those of `#[utoipa::path]` with the same types.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, LinkedList};
use std::sync::Arc;

use axum::http::StatusCode;
use axum::{Form, Json};
use scopes_runtime::router::post;
use scopes_runtime::{ResourceServer, ScopedRouter, public};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::openapi::{ObjectBuilder, RefOr, Schema};
use utoipa::{OpenApi, PartialSchema, ToSchema};

#[derive(Clone, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, ToSchema)]
struct Item {
    name: String,
    price: Price,
}

#[derive(Clone, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, ToSchema)]
struct Price {
    cents: u32,
}

#[derive(Deserialize, Eq, Hash, PartialEq, Serialize, ToSchema)]
enum Color {
    Red,
    Blue,
}

#[derive(Deserialize, Serialize, ToSchema)]
struct Id(u64);

#[derive(Deserialize, Serialize, ToSchema)]
struct Page<T> {
    items: Vec<T>,
    first: Option<T>,
}

#[derive(Deserialize, Serialize, ToSchema)]
struct Pair<A, B> {
    a: A,
    b: B,
}

#[derive(Deserialize, Serialize, ToSchema)]
struct Tree {
    #[schema(no_recursion)]
    children: Vec<Tree>,
}

type Items = Vec<Item>;

/// Returns the request body, the response and the schemas of a document with one operation.
fn parts(document: impl Serialize) -> Value {
    let document = serde_json::to_value(document).expect("a document is JSON");
    let operation = &document["paths"]["/"]["post"];
    json!({
        "request": operation["requestBody"]["content"],
        "response": operation["responses"]["200"]["content"],
        "schemas": document["components"]["schemas"],
    })
}

/// Adds a test for each type, which compares our document with that of utoipa's attribute.
macro_rules! as_utoipa_writes_it {
    ($($test:ident: [$($type:tt)*],)*) => {
        $(
            #[test]
            fn $test() {
                #[utoipa::path(
                    post,
                    path = "/",
                    request_body = $($type)*,
                    responses((status = 200, description = "Success.", body = $($type)*))
                )]
                #[allow(dead_code, reason = "the attribute reads it")]
                async fn described() {}

                #[derive(OpenApi)]
                #[openapi(paths(described))]
                struct Described;

                #[public]
                async fn echo(body: Json<$($type)*>) -> Json<$($type)*> {
                    body
                }

                let router = ScopedRouter::<ResourceServer>::new().route("/", post(echo));
                assert_eq!(parts(router.split_for_parts().1), parts(Described::openapi()));
            }
        )*
    };
}

as_utoipa_writes_it! {
    a_struct: [Item],
    a_newtype: [Id],
    a_recursive_struct: [Tree],
    a_list: [Vec<Item>],
    a_list_by_its_path: [std::vec::Vec<Item>],
    a_list_of_numbers: [Vec<u32>],
    a_list_of_newtypes: [Vec<Id>],
    a_list_of_enums: [Vec<Color>],
    a_list_of_lists: [Vec<Vec<Item>>],
    a_list_of_options: [Vec<Option<Item>>],
    a_list_of_values: [Vec<serde_json::Value>],
    a_list_of_recursive_structs: [Vec<Tree>],
    a_linked_list: [LinkedList<Item>],
    a_hash_set: [HashSet<Item>],
    a_sorted_set: [BTreeSet<Item>],
    an_array: [[Item; 2]],
    an_option: [Option<Item>],
    an_option_of_text: [Option<String>],
    an_option_of_a_list: [Option<Vec<Item>>],
    an_option_of_a_map: [Option<HashMap<String, Item>>],
    an_option_of_a_box: [Option<Box<Item>>],
    an_option_of_an_enum: [Option<Color>],
    a_map: [HashMap<String, Item>],
    a_sorted_map_of_lists: [BTreeMap<u32, Vec<Item>>],
    a_map_with_enums_as_keys: [HashMap<Color, Item>],
    a_box: [Box<Item>],
    a_box_of_a_list: [Box<Vec<Item>>],
    a_cow: [Cow<'static, Item>],
    a_tuple_of_text_and_numbers: [(String, u32)],
    an_option_of_a_tuple: [Option<(String, u32)>],
    a_list_of_tuples: [Vec<(String, u32)>],
    a_generic_struct: [Page<Item>],
    a_generic_struct_of_text: [Page<String>],
    a_generic_struct_of_a_list: [Page<Vec<Item>>],
    a_generic_struct_of_a_map: [Page<HashMap<String, Item>>],
    a_generic_struct_of_an_option: [Page<Option<Item>>],
    a_generic_struct_of_a_box: [Page<Box<Item>>],
    two_arguments: [Pair<Item, Page<Price>>],
}

fn document(router: ScopedRouter<ResourceServer>) -> Value {
    parts(router.split_for_parts().1)
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

fn schema(document: &Value) -> &Value {
    &document["response"]["application/json"]["schema"]
}

fn component_names(document: &Value) -> Vec<&str> {
    document["schemas"].as_object().into_iter().flatten().map(|(name, _)| &**name).collect()
}

/// utoipa's attribute does not compile for these.
#[test]
fn collections_of_generic_types_refer_to_their_components() {
    #[public]
    async fn list() -> Json<Vec<Page<Item>>> {
        Json(Vec::new())
    }

    #[public]
    async fn map() -> Json<HashMap<String, Option<Page<Page<Item>>>>> {
        Json(HashMap::new())
    }

    #[public]
    async fn shared() -> Json<Arc<[Arc<Item>]>> {
        Json(Arc::new([]))
    }

    let list = document(ScopedRouter::new().route("/", post(list)));
    assert_eq!(schema(&list), &json!({ "type": "array", "items": reference("Page_Item") }));
    assert_eq!(component_names(&list), ["Item", "Page_Item", "Price"]);

    let map = document(ScopedRouter::new().route("/", post(map)));
    let value = json!({ "oneOf": [reference("Page_Page_Item"), { "type": "null" }] });
    assert_eq!(schema(&map)["additionalProperties"], value);

    let shared = document(ScopedRouter::new().route("/", post(shared)));
    assert_eq!(schema(&shared), &json!({ "type": "array", "items": reference("Item") }));
}

/// utoipa's attribute leaves out the components that the elements refer to.
#[test]
fn a_tuple_contains_the_schemas_of_its_elements() {
    #[public]
    async fn pair() -> Json<(Item, u32)> {
        let price = Price { cents: 100 };
        Json((Item { name: "Foo".to_owned(), price }, 1))
    }

    let document = document(ScopedRouter::new().route("/", post(pair)));
    let item = serde_json::to_value(Item::schema()).expect("a schema is JSON");
    assert_eq!(schema(&document)["prefixItems"][0], item);
    assert_eq!(schema(&document)["items"], false);
    assert_eq!(component_names(&document), ["Price"]);
}

/// utoipa's attribute would refer to a component `Vec`.
#[test]
fn an_alias_has_the_schema_of_its_type() {
    #[public]
    async fn alias() -> Json<Items> {
        Json(Vec::new())
    }

    let document = document(ScopedRouter::new().route("/", post(alias)));
    assert_eq!(schema(&document)["type"], "array");
    assert_eq!(component_names(&document), ["Price"]);
}

/// Two pages would otherwise be described as the same one.
#[test]
fn two_generic_types_of_one_router_are_two_components() {
    #[public]
    async fn items(_: Form<Page<Price>>) -> Result<(StatusCode, Json<Page<Item>>), Json<Vec<u32>>> {
        Err(Json(Vec::new()))
    }

    let document = document(ScopedRouter::new().route("/", post(items)));
    let form = &document["request"]["application/x-www-form-urlencoded"]["schema"];
    assert_eq!(form, &reference("Page_Price"));
    assert_eq!(component_names(&document), ["Item", "Page_Item", "Page_Price", "Price"]);
}

/// A generic type whose schema is written by hand.
struct Wrapped<T>(T);

impl<T: Serialize> Serialize for Wrapped<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<T> PartialSchema for Wrapped<T> {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().property("wrapped", String::schema()).into()
    }
}

impl<T> ToSchema for Wrapped<T> {}

/// Implements no trait of utoipa.
#[derive(Serialize)]
struct Opaque;

mod own {
    use serde::Serialize;
    use utoipa::ToSchema;

    /// Has the name of a type that utoipa knows.
    #[derive(Serialize, ToSchema)]
    pub(super) struct RefCell<T> {
        pub(super) first: T,
    }
}

#[test]
fn a_type_that_does_not_have_the_shape_is_described_as_a_whole() {
    #[public]
    async fn wrapped() -> Json<Wrapped<Opaque>> {
        Json(Wrapped(Opaque))
    }

    #[public]
    async fn own_type() -> Json<own::RefCell<u32>> {
        Json(own::RefCell { first: 1 })
    }

    #[public]
    async fn opaque() -> Json<Vec<Opaque>> {
        Json(Vec::new())
    }

    let wrapped = document(ScopedRouter::new().route("/", post(wrapped)));
    assert_eq!(schema(&wrapped), &reference("Wrapped"));
    let own_type = document(ScopedRouter::new().route("/", post(own_type)));
    assert_eq!(schema(&own_type), &reference("RefCell"));
    let opaque = document(ScopedRouter::new().route("/", post(opaque)));
    assert_eq!(schema(&opaque), &Value::Null);
}
