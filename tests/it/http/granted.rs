//! `Granted`: proofs of a check, for functions behind the handlers.

use axum::{Router, routing};
use scopes_runtime::router::get;
use scopes_runtime::testing::guard;
use scopes_runtime::{
    AccessToken, AnyOf, AuthError, Granted, ResourceServer, ScopedRouter, declare_scopes, requires_scopes,
};
use scopes_tests::{Readable, call, token};
use serde_json::json;

#[declare_scopes(types = scope)]
enum Scope {
    /// Read information about the current user.
    Me = "me",
    /// Read items.
    Items = "items",
    /// Create, change and delete items.
    #[implies(Items)]
    ItemsWrite = "items:write",
    /// Everything.
    #[implies(ItemsWrite)]
    Admin = "admin",
}

fn read(_: &Granted<scope::Items>) -> &'static str {
    "read"
}

fn write(_: Granted<scope::ItemsWrite>) -> &'static str {
    "written"
}

#[requires_scopes]
async fn write_item(grant: Granted<scope::ItemsWrite>) -> &'static str {
    write(grant)
}

#[requires_scopes("me")]
async fn read_item(grant: Granted<scope::ItemsWrite>) -> &'static str {
    read(&grant.implied())
}

#[requires_scopes]
async fn both((_, grant): (Granted<scope::Me>, Granted<scope::Items>)) -> &'static str {
    read(&grant)
}

#[requires_scopes]
async fn either(_: Granted<AnyOf<(scope::Me, scope::Items)>>) -> &'static str {
    "either"
}

#[requires_scopes("items", may_require("items:write"))]
async fn later(token: AccessToken) -> Result<&'static str, AuthError> {
    Ok(write(token.grant()?))
}

/// Without an attribute, in axum's own router.
async fn unscoped(grant: Granted<scope::ItemsWrite>) -> &'static str {
    write(grant)
}

fn router() -> ScopedRouter<ResourceServer> {
    ScopedRouter::new()
        .route("/write", get(write_item))
        .route("/read", get(read_item))
        .route("/both", get(both))
        .route("/either", get(either))
        .route("/later", get(later))
}

#[tokio::test]
async fn a_proof_is_made_for_tokens_with_the_scope_only() {
    let server = ResourceServer::new(Readable::default());
    let unscoped = Router::new().route("/unscoped", routing::get(unscoped));
    let app = router().split_for_parts().0.merge(unscoped).with_state(server);
    let cases = [
        ("/write", None, 401),
        ("/write", Some("items"), 403),
        ("/write", Some("items:write"), 200),
        ("/write", Some("admin"), 200),
        ("/read", Some("items:write"), 403),
        ("/read", Some("me items"), 403),
        ("/read", Some("me items:write"), 200),
        ("/both", Some("items"), 403),
        ("/both", Some("me"), 403),
        ("/both", Some("me admin"), 200),
        ("/either", Some("other"), 403),
        ("/either", Some("me"), 200),
        ("/either", Some("items:write"), 200),
        ("/later", Some("items"), 403),
        ("/later", Some("items:write"), 200),
        ("/unscoped", None, 401),
        ("/unscoped", Some("items"), 403),
        ("/unscoped", Some("items:write"), 200),
    ];
    for (path, scopes, status) in cases {
        let answer = call(&app, "GET", path, scopes.map(token).as_deref()).await;
        assert_eq!(answer.status, status, "{path} {scopes:?}");
    }
    let answer = call(&app, "GET", "/read", Some("items")).await;
    let challenge = answer.challenge().expect("a challenge");
    assert!(challenge.ends_with("scope=\"me items:write\""), "{challenge}");
}

#[test]
fn proofs_count_in_report_and_document() {
    let report = router().report().to_string();
    let expected = "\
METHOD  PATH     REQUIRES                        HANDLER
GET     /both    me items                        it::http::granted::both
GET     /either  me or items                     it::http::granted::either
GET     /later   items; may require items:write  it::http::granted::later
GET     /read    me items:write                  it::http::granted::read_item
GET     /write   items:write                     it::http::granted::write_item";
    assert_eq!(report, expected);
    let document = serde_json::to_value(router().split_for_parts().1).expect("a document is JSON");
    assert_eq!(
        document["paths"]["/either"]["get"]["security"],
        json!([{ "oauth2": ["me"] }, { "oauth2": ["items"] }]),
    );
}

#[test]
fn a_proof_has_no_size_and_tests_can_make_one() {
    assert_eq!(size_of::<Granted<scope::Admin>>(), 0);
    let grant: Granted<scope::Admin> = guard();
    assert_eq!(write(grant.implied()), "written");
}
