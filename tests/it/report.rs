//! The access report of a `ScopedRouter` as text, Markdown and JSON.

use scopes_runtime::openapi::OAuth2Scheme;
use scopes_runtime::router::{any, get, unchecked};
use scopes_runtime::{
    AccessToken, ResourceServer, ScopedRouter, declare_scopes, public, requires_scopes, scopes,
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
