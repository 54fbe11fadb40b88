//! The responses of guards that refuse requests, as components of a document.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use utoipa::ToSchema;
use utoipa::openapi::schema::{AnyOfBuilder, ArrayBuilder, KnownFormat, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{ContentBuilder, Header, Ref, RefOr, Response, ResponseBuilder, Schema};

use crate::http::example_body;
use crate::scope::MAX_ALTERNATIVES;

const MALFORMED: &str = "MalformedCredentials";
pub(super) const UNAUTHENTICATED: &str = "Unauthenticated";
const FORBIDDEN: &str = "InsufficientScope";
const UNAVAILABLE: &str = "Unavailable";

/// The codes of RFC 6750, RFC 9470 and, last, RFC 9449.
const ERRORS: &[&str] = &[
    "invalid_request",
    "invalid_token",
    "insufficient_scope",
    "insufficient_user_authentication",
    #[cfg(feature = "bound-tokens")]
    "invalid_dpop_proof",
    #[cfg(feature = "bound-tokens")]
    "use_dpop_nonce",
];

const ASCII: &str = "^[ -~]*$";

/// More than servers send in a header: the challenge has the same values.
const MAX_LENGTH: usize = 1 << 20;

/// axum's own rejections have this media type.
const TEXT: &str = "text/plain";

/// The default schema of the bodies.
pub(super) const PROBLEM: &str = "AuthProblem";

/// The default media type of the bodies.
pub(super) const PROBLEM_JSON: &str = "application/problem+json";

/// The statuses of refusals, and their names among the components.
pub(super) const REFUSALS: [(u16, &str); 4] =
    [(400, MALFORMED), (401, UNAUTHENTICATED), (403, FORBIDDEN), (503, UNAVAILABLE)];

/// The refusals of this crate's own format.
pub(crate) static PROBLEMS: LazyLock<Refusals> = LazyLock::new(|| {
    Refusals::new(PROBLEM_JSON.to_owned(), PROBLEM, vec![(PROBLEM.to_owned(), RefOr::T(problem()))])
});

/// The responses of refusals, with the media type and schema of their bodies.
#[derive(Clone)]
pub(crate) struct Refusals {
    pub(super) media_type: String,
    /// The schema of the bodies and those that it refers to, by their names among the components.
    pub(super) schemas: Vec<(String, RefOr<Schema>)>,
    /// The responses by their names among the components.
    pub(super) responses: BTreeMap<&'static str, Response>,
}

impl Refusals {
    /// Creates refusals with bodies of this type.
    pub(crate) fn of<T: ToSchema>(media_type: String) -> Self {
        let mut schemas = vec![(T::name().into_owned(), T::schema())];
        T::schemas(&mut schemas);
        Self::new(media_type, &T::name(), schemas)
    }

    fn new(media_type: String, schema: &str, schemas: Vec<(String, RefOr<Schema>)>) -> Self {
        let are_problems = media_type == PROBLEM_JSON && schema == PROBLEM;
        let body = |schema: RefOr<Schema>| ContentBuilder::new().schema(Some(schema));
        let schema: RefOr<Schema> = Ref::from_schema_name(schema).into();
        let response = |status: u16, builder: ResponseBuilder| {
            let example = are_problems.then(|| example_body(status));
            builder.content(&media_type, body(schema.clone()).example(example).build()).build()
        };
        let mut malformed = response(
            400,
            refusal(
                "The request is malformed: its `Authorization` header (`invalid_request`), or a path, query or body that \
                 the operation does not accept.",
            ),
        );
        let rejection = if media_type == TEXT {
            body(AnyOfBuilder::new().item(schema.clone()).item(text().max_length(Some(MAX_LENGTH))).into())
        } else {
            body(text().max_length(Some(MAX_LENGTH)).into())
        };
        malformed.content.insert(TEXT.to_owned(), rejection.build().into());
        let responses = BTreeMap::from([
            (MALFORMED, malformed),
            (
                UNAUTHENTICATED,
                response(
                    401,
                    refusal(
                        "The access token is missing or invalid (`invalid_token`), or its user did not authenticate as required \
                         (`insufficient_user_authentication`).",
                    ),
                ),
            ),
            (FORBIDDEN, response(403, refusal("The access token lacks a scope (`insufficient_scope`)."))),
            (UNAVAILABLE, response(503, unavailable())),
        ]);
        Self { media_type, schemas, responses }
    }

    /// Returns whether the bodies are in this crate's own format.
    pub(super) fn are_problems(&self) -> bool {
        self.media_type == PROBLEM_JSON && self.schemas.iter().any(|(name, _)| name == PROBLEM)
    }
}

/// Returns a response with a challenge (RFC 6750 section 3), without content.
fn refusal(description: &str) -> ResponseBuilder {
    let challenge = Header::builder()
        .schema(Some(text().max_length(Some(MAX_LENGTH)).pattern(Some(ASCII))))
        .description(Some("The challenge (RFC 6750 section 3)."));
    ResponseBuilder::new().description(description).header("WWW-Authenticate", challenge.build())
}

fn unavailable() -> ResponseBuilder {
    let seconds = integer(0, i64::MAX);
    let retry_after =
        Header::builder().schema(Some(seconds)).description(Some("Seconds until the next attempt."));
    ResponseBuilder::new()
        .description("The access token cannot be checked now.")
        .header("Retry-After", retry_after.build())
}

/// Returns the schema of a problem detail (RFC 9457).
pub(super) fn problem() -> Schema {
    ObjectBuilder::new()
        .description(Some("Why a request was refused (RFC 9457)."))
        .property("title", text().max_length(Some(64)).pattern(Some(ASCII)))
        .property("status", integer(400, 599))
        .property("detail", text().max_length(Some(256)).pattern(Some(ASCII)))
        .property("error", text().enum_values(Some(ERRORS.iter().copied())))
        .property("scope", scope())
        .property("acr_values", text().max_length(Some(MAX_LENGTH)).pattern(Some(ASCII)))
        .property("max_age", integer(0, i64::MAX))
        .property("alternatives", ArrayBuilder::new().items(scope()).max_items(Some(MAX_ALTERNATIVES)))
        .required("title")
        .required("status")
        .required("detail")
        .into()
}

/// Returns a reference to a component.
pub(super) fn reference(name: &str) -> RefOr<Response> {
    Ref::from_response_name(name).into()
}

/// Returns the schema of a `scope` parameter (RFC 6749 section 3.3).
fn scope() -> ObjectBuilder {
    text().max_length(Some(MAX_LENGTH)).pattern(Some(r"^[!#-\[\]-~]+( [!#-\[\]-~]+)*$"))
}

fn integer(minimum: i64, maximum: i64) -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::Integer)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
        .minimum(Some(minimum))
        .maximum(Some(maximum))
}

fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}
