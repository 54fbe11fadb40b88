//! The responses of guards that refuse requests, as components of a document.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, Type};
use utoipa::openapi::{ContentBuilder, Header, Ref, RefOr, Response, ResponseBuilder, Schema};

const MALFORMED: &str = "MalformedCredentials";
const UNAUTHENTICATED: &str = "Unauthenticated";
const FORBIDDEN: &str = "InsufficientScope";
const UNAVAILABLE: &str = "Unavailable";

/// The schema of the bodies.
pub(super) const PROBLEM: &str = "AuthProblem";

/// The media type of the bodies.
pub(super) const PROBLEM_JSON: &str = "application/problem+json";

/// The statuses of refusals, and their names among the components.
pub(super) const REFUSALS: [(u16, &str); 4] =
    [(400, MALFORMED), (401, UNAUTHENTICATED), (403, FORBIDDEN), (503, UNAVAILABLE)];

/// The components by name.
pub(super) static COMPONENTS: LazyLock<BTreeMap<&'static str, Response>> = LazyLock::new(|| {
    let mut malformed = refusal(
        "The request is malformed: its `Authorization` header (`invalid_request`), or a path, query or body that the \
         operation does not accept.",
    );
    // axum's own rejections.
    let rejection = ContentBuilder::new().schema(Some(text())).build();
    malformed.content.insert("text/plain".to_owned(), rejection.into());
    BTreeMap::from([
        (MALFORMED, malformed),
        (UNAUTHENTICATED, refusal("The access token is missing or invalid (`invalid_token`).")),
        (FORBIDDEN, refusal("The access token lacks a scope (`insufficient_scope`).")),
        (UNAVAILABLE, unavailable()),
    ])
});

/// Returns a response with a challenge (RFC 6750 section 3).
pub(super) fn refusal(description: &str) -> Response {
    let challenge =
        Header::builder().schema(Some(text())).description(Some("The challenge (RFC 6750 section 3)."));
    problem_response(description).header("WWW-Authenticate", challenge.build()).build()
}

fn unavailable() -> Response {
    let seconds = ObjectBuilder::new().schema_type(Type::Integer);
    let retry_after =
        Header::builder().schema(Some(seconds)).description(Some("Seconds until the next attempt."));
    problem_response("The access token cannot be checked now.")
        .header("Retry-After", retry_after.build())
        .build()
}

fn problem_response(description: &str) -> ResponseBuilder {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name(PROBLEM)));
    ResponseBuilder::new().description(description).content(PROBLEM_JSON, content.build())
}

/// Returns the schema of a problem detail (RFC 9457).
pub(super) fn problem() -> Schema {
    ObjectBuilder::new()
        .description(Some("Why a request was refused (RFC 9457)."))
        .property("title", text())
        .property("status", ObjectBuilder::new().schema_type(Type::Integer))
        .property("detail", text())
        .property("error", text())
        .property("scope", text())
        .property("acr_values", text())
        .property("max_age", ObjectBuilder::new().schema_type(Type::Integer))
        .property("alternatives", ArrayBuilder::new().items(text()))
        .required("title")
        .required("status")
        .required("detail")
        .into()
}

/// Returns a reference to a component.
pub(super) fn reference(name: &str) -> RefOr<Response> {
    Ref::from_response_name(name).into()
}

fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}
