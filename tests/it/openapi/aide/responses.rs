//! Responses: the refusals of the guard beside those of the handler.

use std::cell::RefCell;
use std::rc::Rc;

use aide::OperationOutput;
use aide::axum::ApiRouter;
use aide::axum::routing::{get, get_with, post};
use axum::response::{IntoResponse, Response};
use scopes_runtime::{AuthError, requires_scopes};
use scopes_tests::Scope;
use serde_json::json;

use super::{
    UNAUTHENTICATED, api, document, malformed, operation, own_item, refusal, scoped_responses, status,
    unavailable, unguarded,
};

#[test]
fn responses_of_the_route_replace_those_of_the_guard() {
    let api = ApiRouter::new().api_route(
        "/",
        get_with(status, |operation| {
            operation
                .summary("All is well.")
                .response_with::<401, String, _>(|response| response.description("Not you."))
                .response::<403, AuthError>()
        }),
    );
    let operation = operation("/", api);
    assert_eq!(operation["summary"], "All is well.");
    assert_eq!(
        operation["responses"],
        json!({
            "200": { "description": "no content" },
            "400": malformed(),
            "401": { "description": "Not you.", "content": { "text/plain; charset=utf-8": {} } },
            "403": refusal("The access token does not allow the request."),
            "503": unavailable(),
        })
    );
}

struct NotFound;

impl IntoResponse for NotFound {
    fn into_response(self) -> Response {
        ().into_response()
    }
}

impl OperationOutput for NotFound {
    type Inner = Self;

    fn inferred_responses(
        _: &mut aide::generate::GenContext,
        _: &mut aide::openapi::Operation,
    ) -> Vec<(Option<u16>, aide::openapi::Response)> {
        let response = |description: &str| {
            serde_json::from_value(json!({
                "description": description,
                "content": {
                    "text/html": {},
                    "application/problem+json": { "schema": { "$ref": "#/components/schemas/Mine" } },
                },
            }))
            .expect("a response")
        };
        vec![(Some(403), response("Not yours.")), (Some(404), response("Not there."))]
    }
}

#[requires_scopes("items")]
async fn find() -> NotFound {
    NotFound
}

#[test]
fn responses_of_the_return_type_stay_beside_the_refusals() {
    let mine = json!({ "$ref": "#/components/schemas/Mine" });
    let mut not_yours = refusal("Not yours.");
    not_yours["content"] = json!({
        "text/html": {},
        "application/problem+json": { "schema": {
            "anyOf": [mine, { "$ref": "#/components/schemas/AuthProblem" }],
        } },
    });
    assert_eq!(
        operation("/", ApiRouter::new().api_route("/", get(find)))["responses"],
        json!({
            "400": malformed(),
            "401": refusal(UNAUTHENTICATED),
            "403": not_yours,
            "404": {
                "description": "Not there.",
                "content": { "text/html": {}, "application/problem+json": { "schema": mine } },
            },
            "503": unavailable(),
        })
    );
}

#[test]
fn a_returned_auth_error_is_documented_as_403() {
    let operation = operation("/", ApiRouter::new().api_route("/", get(own_item)));
    assert_eq!(operation["responses"], scoped_responses());
    assert_eq!(operation["security"], json!([{ "oauth2": [] }]));
}

#[test]
fn aide_reports_no_errors() {
    let errors = Rc::new(RefCell::new(Vec::new()));
    let reported = Rc::clone(&errors);
    aide::generate::on_error(move |error| reported.borrow_mut().push(error.to_string()));
    document(api().api_route("/own", get(own_item)).api_route("/unguarded", post(unguarded)));
    assert_eq!(*errors.borrow(), [""; 0]);
}

#[test]
fn without_inferred_responses_only_security_is_documented() {
    aide::generate::infer_responses(false);
    let document = document(api());
    assert_eq!(
        document["paths"]["/items"]["post"],
        json!({ "summary": "Create", "security": [{ "oauth2": ["items:write"] }] })
    );
}

#[test]
fn without_extracted_schemas_the_problem_is_described_in_place() {
    aide::generate::extract_schemas(false);
    let operation = operation("/", ApiRouter::new().api_route("/", get(status)));
    let content = &operation["responses"]["401"]["content"]["application/problem+json"];
    assert_eq!(content["schema"]["properties"]["title"]["type"], "string");
}
