//! Report, lock file, document and scope matrix of the application.

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderValue, Request};
use scopes_runtime::assert_scopes_locked;
use scopes_runtime::testing::TestIssuer;
use serde_json::{Value, json};

use super::app::{partner_routes, routes, staff_routes, state};

#[test]
fn the_report_lists_every_route() {
    let report = routes("/srv/reports").report().to_string().replace("it::application::app::", "");
    let cells = |line: &str| {
        line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect::<Vec<_>>().join(" | ")
    };
    let rows: Vec<_> = report.lines().map(cells).collect();
    assert_eq!(
        rows,
        [
            "METHOD | PATH | REQUIRES | HANDLER | REASON",
            "* | /** | unchecked | - | not ported yet",
            "* | /graphql | orders:read | -",
            "* | /grpc.health.v1.Health/{*method} | operate | -",
            "GET | /health | public | health | load balancers ask without a token",
            "* | /orders/live | orders:read | follow_orders",
            "GET | /orders/{id} | orders:read; may require orders | read_order",
            "POST | /partners/orders | orders:send, with partner_key | orders_of_partners::send",
            "* | /reports | reports | -",
            "* | /reports/ | reports | -",
            "* | /reports/{*path} | reports | -",
            "POST | /webhooks/payment | authenticated by payment_signature | receive_payment",
        ]
    );
}

#[test]
fn the_lock_file_is_current() {
    assert_scopes_locked!(routes("/srv/reports"), "it/application/scopes.lock");
}

#[test]
fn the_document_has_the_schemes_and_the_error_format() {
    let (_, document) = routes("/srv/reports").split_for_parts();
    let document = serde_json::to_value(document).expect("JSON");
    let security = |path: &str, method: &str| document["paths"][path][method]["security"].clone();
    assert_eq!(security("/orders/{id}", "get"), json!([{ "staff": ["orders:read"] }]));
    assert_eq!(security("/graphql", "post"), json!([{ "staff": ["orders:read"] }]));
    assert_eq!(
        security("/partners/orders", "post"),
        json!([{ "partners": ["orders:send"], "partner_key": [] }])
    );
    assert_eq!(security("/webhooks/payment", "post"), json!([{ "payment_signature": [] }]));
    assert_eq!(security("/health", "get"), json!([]));
    assert_eq!(document["paths"].get("/legacy"), None);
    assert_eq!(document["paths"]["/orders/{id}"]["get"]["x-may-require"], json!({ "scopes": ["orders"] }));
    let schemes: Vec<_> =
        document["components"]["securitySchemes"].as_object().expect("schemes").keys().collect();
    assert_eq!(schemes, ["partner_key", "partners", "payment_signature", "staff"]);
    let refused = &document["components"]["responses"]["InsufficientScope"]["content"];
    assert_eq!(
        refused,
        &json!({ "application/json": { "schema": { "$ref": "#/components/schemas/ErrorBody" } } })
    );
    assert_eq!(document["components"]["schemas"].get("AuthProblem"), None::<&Value>);
}

#[tokio::test]
async fn the_matrix_of_each_issuer_passes() {
    let files = tempfile::tempdir().expect("a directory");
    let files = files.path().to_str().expect("a path");
    let staff = TestIssuer::with_url("https://staff.test");
    let partners = TestIssuer::with_url("https://partners.test");
    let app = || Router::from(routes(files).with_state(state(&staff, &partners)));
    staff.matrix(&staff_routes(files)).check(app()).await;
    let of_partners = scopes_runtime::ScopedRouter::new().nest("/partners", partner_routes());
    let add_key = |request: &mut Request<Bytes>| {
        request.headers_mut().insert("X-Api-Key", HeaderValue::from_static("key-of-acme"));
    };
    partners.matrix(&of_partners).credentials("partner_key", add_key).check(app()).await;
}
