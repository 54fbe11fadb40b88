//! The access report of a `ScopedRouter` as text, Markdown and JSON.

use scopes_runtime::openapi::OAuth2Scheme;
use scopes_runtime::report::ReportedOperation;
use scopes_runtime::router::{any, get, unchecked};
use scopes_runtime::{
    AccessToken, GrantedScopes, ResourceServer, ScopedRouter, declare_scopes, public, requires_scopes, scopes,
};
use scopes_tests::billing::BillingScope;
use serde_json::json;

/// What an access token may be allowed to do.
#[declare_scopes]
enum Scope {
    /// Read information about the current user.
    Me = "me",
    /// Read items.
    Items = "items",
    /// Create, change and delete items.
    #[implies(Items)]
    ItemsWrite = "items:write",
    /// Everything.
    #[implies(Me, ItemsWrite)]
    Admin = "admin",
    /// Required by no operation.
    #[allow(dead_code, reason = "no operation requires it")]
    Audit = "audit",
}

#[requires_scopes("items", any("me", BillingScope::Invoices))]
async fn list() {}

#[requires_scopes("items:write")]
async fn create() {}

#[requires_scopes]
async fn status() {}

#[public]
async fn greet(_: Option<AccessToken>) {}

#[public]
async fn health() {}

fn router() -> ScopedRouter<ResourceServer> {
    let users = ScopedRouter::new().route("/", get(status)).route("/{name}/{*path}", any(list).get(create));
    ScopedRouter::new()
        .security_scheme(OAuth2Scheme::new::<Scope>())
        .nest("/users", users)
        .route("/items", get(list).post(create))
        .merge(ScopedRouter::new().route("/", get(greet)).route("/health", get(health)))
}

const TEXT: &str = "\
METHOD  PATH                   REQUIRES                    HANDLER
GET     /                      public, optional token      it::report::greet
GET     /health                public                      it::report::health
GET     /items                 items me or items invoices  it::report::list
POST    /items                 items:write                 it::report::create
GET     /users                 any valid token             it::report::status
*       /users/{name}/{*path}  items me or items invoices  it::report::list
GET     /users/{name}/{*path}  items:write                 it::report::create

Declared scopes that no operation requires:
  admin  implies me, items, items:write
  audit  implies none";

const MARKDOWN: &str = "\
| Method | Path | Requires | Handler |
| --- | --- | --- | --- |
| `GET` | `/` | public, optional token | `it::report::greet` |
| `GET` | `/health` | public | `it::report::health` |
| `GET` | `/items` | `items me` or `items invoices` | `it::report::list` |
| `POST` | `/items` | `items:write` | `it::report::create` |
| `GET` | `/users` | any valid token | `it::report::status` |
| `*` | `/users/{name}/{*path}` | `items me` or `items invoices` | `it::report::list` |
| `GET` | `/users/{name}/{*path}` | `items:write` | `it::report::create` |

Declared scopes that no operation requires:

- `admin`, which implies `me`, `items`, `items:write`
- `audit`, which implies none";

#[test]
fn the_text_has_a_table_and_the_unrequired_scopes() {
    assert_eq!(router().report().to_string(), TEXT);
}

#[test]
fn the_markdown_has_the_same_rows() {
    assert_eq!(router().report().to_markdown(), MARKDOWN);
}

#[test]
fn the_json_has_the_same_operations() {
    let list = json!([["items", "me"], ["items", "invoices"]]);
    let create = json!([["items:write"]]);
    let scoped = |method: &str, path: &str, handler: &str, alternatives: &serde_json::Value| {
        let handler = format!("it::report::{handler}");
        json!({ "method": method, "path": path, "handler": handler, "access": "scoped", "alternatives": alternatives })
    };
    let public = |path: &str, handler: &str, accepts_token: bool| {
        json!({
            "method": "GET",
            "path": path,
            "handler": format!("it::report::{handler}"),
            "access": "public",
            "acceptsToken": accepts_token,
        })
    };
    assert_eq!(
        serde_json::to_value(router().report()).expect("a report is JSON"),
        json!({
            "operations": [
                public("/", "greet", true),
                public("/health", "health", false),
                scoped("GET", "/items", "list", &list),
                scoped("POST", "/items", "create", &create),
                scoped("GET", "/users", "status", &json!([[]])),
                scoped("*", "/users/{name}/{*path}", "list", &list),
                scoped("GET", "/users/{name}/{*path}", "create", &create),
            ],
            "unrequired": [
                { "scope": "admin", "implies": ["me", "items", "items:write"] },
                { "scope": "audit", "implies": [] },
            ],
        })
    );
}

#[test]
fn without_a_scheme_no_scope_is_unrequired() {
    let router = ScopedRouter::<ResourceServer>::new().route("/items", get(create));
    assert_eq!(
        router.report().to_string(),
        "METHOD  PATH    REQUIRES     HANDLER\nGET     /items  items:write  it::report::create"
    );
}

#[test]
fn the_report_of_an_empty_router_has_only_headings() {
    let report = ScopedRouter::<ResourceServer>::new().report();
    assert_eq!(report.to_string(), "METHOD  PATH  REQUIRES  HANDLER");
    assert_eq!(report.to_markdown(), "| Method | Path | Requires | Handler |\n| --- | --- | --- | --- |");
}

mod odd {
    use scopes_runtime::{declare_scopes, requires_scopes};

    #[declare_scopes]
    pub(super) enum Scope {
        /// A pipe.
        Pipe = "a|b",
        /// A code span.
        Tick = "`c`",
    }

    #[requires_scopes(any("a|b", "`c`"))]
    pub(super) async fn handler() {}
}

#[test]
fn markdown_escapes_its_special_characters() {
    let router = ScopedRouter::<ResourceServer>::new().route("/|", get(odd::handler));
    let markdown = router.report().to_markdown();
    let line = r"| `GET` | `/\|` | `a\|b` or `` `c` `` | `it::report::odd::handler` |";
    assert_eq!(markdown.lines().last(), Some(line));
}

#[public(reason = "*Anyone* | no one.\n")]
async fn reasoned() {}

#[test]
fn every_format_has_reasons_services_and_fallbacks() {
    let files =
        ScopedRouter::new().nest_service("/files", axum::Router::new(), unchecked("It checks a cookie."));
    let report = ScopedRouter::<ResourceServer>::new()
        .route("/items", get(create).connect(create))
        .require(scopes!("me"))
        .route("/health", get(reasoned))
        .nest("/web", files)
        .fallback(reasoned)
        .fallback(health)
        .method_not_allowed_fallback(status)
        .report();
    assert_eq!(
        report.to_string(),
        "METHOD   PATH                REQUIRES         HANDLER               REASON\n\
         *        /*                  public           it::report::health\n\
         OTHER    /*                  any valid token  it::report::status\n\
         GET      /health             public           it::report::reasoned  *Anyone* | no one.\n\
         CONNECT  /items              items:write me   it::report::create\n\
         GET      /items              items:write me   it::report::create\n\
         *        /web/files          unchecked        -                     It checks a cookie.\n\
         *        /web/files/         unchecked        -                     It checks a cookie.
*        /web/files/{*path}  unchecked        -                     It checks a cookie."
    );
    assert_eq!(
        report.to_markdown(),
        "| Method | Path | Requires | Handler | Reason |\n\
         | --- | --- | --- | --- | --- |\n\
         | `*` | `/*` | public | `it::report::health` |  |\n\
         | `OTHER` | `/*` | any valid token | `it::report::status` |  |\n\
         | `GET` | `/health` | public | `it::report::reasoned` | \\*Anyone\\* \\| no one.  |\n\
         | `CONNECT` | `/items` | `items:write me` | `it::report::create` |  |\n\
         | `GET` | `/items` | `items:write me` | `it::report::create` |  |\n\
         | `*` | `/web/files` | unchecked |  | It checks a cookie. |\n\
         | `*` | `/web/files/` | unchecked |  | It checks a cookie. |
| `*` | `/web/files/{*path}` | unchecked |  | It checks a cookie. |"
    );
    let json = serde_json::to_value(&report).expect("a report is JSON");
    assert_eq!(
        json["operations"][5],
        json!({ "method": "*", "path": "/web/files", "access": "unchecked", "reason": "It checks a cookie." })
    );
    assert_eq!(json["operations"][2]["reason"], json!("*Anyone* | no one.\n"));
}

#[test]
fn the_report_lists_unrequired_scopes_of_all_vocabularies_once() {
    let unrequired = |router: ScopedRouter<ResourceServer>| {
        let json = serde_json::to_value(router.report()).expect("a report is JSON");
        let scopes = json["unrequired"].as_array().expect("a list").iter();
        scopes.map(|unrequired| unrequired["scope"].as_str().expect("a name").to_owned()).collect::<Vec<_>>()
    };
    let router = || ScopedRouter::new().route("/items", get(create)).vocabulary::<Scope>();
    let own = ["me", "items", "admin", "audit"];
    assert_eq!(unrequired(router()), own);
    assert_eq!(unrequired(router().security_scheme(OAuth2Scheme::new::<Scope>())), own);
    let nested = ScopedRouter::new().route("/users", get(status)).vocabulary::<BillingScope>();
    assert!(unrequired(router().nest("/billing", nested)).contains(&"invoices".to_owned()));
}

fn paths(operations: &[ReportedOperation<'_>]) -> Vec<String> {
    operations.iter().map(|operation| format!("{} {}", operation.method(), operation.path())).collect()
}

#[test]
fn a_report_lists_what_a_token_may_call() {
    let report = router().report();
    let open = ["GET /", "GET /health", "GET /users"];
    assert_eq!(paths(&report.allowed(&GrantedScopes::from_list(""))), open);
    let with_items = ["GET /", "GET /health", "GET /items", "GET /users", "* /users/{name}/{*path}"];
    assert_eq!(paths(&report.allowed(&GrantedScopes::from_list("items me other"))), with_items);
    assert_eq!(report.allowed(&GrantedScopes::from_list("admin")).len(), report.operations().count());
}

#[test]
fn an_operation_says_which_scopes_a_token_lacks() {
    let report = router().report();
    let list = report.operations().find(|operation| operation.path() == "/items").expect("it is there");
    assert_eq!(list.requirement(), "items me or items invoices");
    assert_eq!(list.missing(&GrantedScopes::from_list("invoices")), ["items"]);
    assert_eq!(list.missing(&GrantedScopes::default()), ["items", "me"]);
    assert!(list.missing(&GrantedScopes::from_list("admin")).is_empty());
    let serialized = serde_json::to_value(list).expect("an operation is JSON");
    assert_eq!(serialized, serde_json::to_value(report.clone()).expect("a report is JSON")["operations"][2]);
}

#[test]
fn a_report_finds_the_smallest_sets_of_scopes_for_operations() {
    let report = router().report();
    let sufficient =
        |names: &[&str]| report.sufficient_scopes(names.iter().copied()).expect("the handlers are there");
    let both = sufficient(&["list", "create"]);
    let scopes: Vec<_> = both.iter().map(|set| set.scopes.clone()).collect();
    assert_eq!(scopes, [["me", "items:write"], ["invoices", "items:write"]]);
    assert!(both.iter().all(|set| set.others.is_empty()), "{both:?}");
    let create = &sufficient(&["report::create"])[0];
    assert_eq!((&*create.scopes, create.others.len()), (&["items:write"][..], 0));
    assert!(sufficient(&["health", "status"])[0].scopes.is_empty());
    let error = report.sufficient_scopes(["reate"]).expect_err("no whole name");
    assert_eq!(error.to_string(), "no operation has the handler `reate`");
}

#[test]
fn a_client_sees_the_document_of_what_it_may_call() {
    let document = |scopes: &str| {
        let document = router().openapi_for(&GrantedScopes::from_list(scopes));
        serde_json::to_value(document).expect("a document is JSON")
    };
    let whole = serde_json::to_value(router().split_for_parts().1).expect("a document is JSON");
    assert_eq!(document("admin"), whole);
    let writer = document("items:write");
    assert_eq!(writer["paths"]["/items"]["post"], whole["paths"]["/items"]["post"]);
    assert_eq!(writer["paths"]["/items"]["get"], json!(null));
    // The handler of GET is visible, and that of the other methods is not.
    let methods = writer["paths"]["/users/{name}/{path}"].as_object().expect("a path");
    assert!(methods.keys().eq(["get"]), "{methods:?}");
    let guest = document("");
    assert!(guest["paths"].as_object().expect("paths").keys().eq(["/", "/health", "/users"]));
}

/// The given document describes operations that a client may not call.
#[test]
fn hidden_operations_are_removed_from_the_given_document() {
    let given = json!({
        "openapi": "3.1.0",
        "info": { "title": "Given", "version": "1" },
        "paths": {
            "/items": { "get": { "summary": "Mine.", "responses": {} }, "post": { "responses": {} } },
            "/elsewhere": { "get": { "responses": {} } },
        },
    });
    let given = serde_json::from_value(given).expect("a document");
    let router = ScopedRouter::<ResourceServer>::with_openapi(given).route("/items", get(list).post(create));
    let document =
        serde_json::to_value(router.openapi_for(&GrantedScopes::default())).expect("a document is JSON");
    assert!(document["paths"].as_object().expect("paths").keys().eq(["/elsewhere"]));
}
