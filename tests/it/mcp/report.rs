//! The report, the lock file, the document and the scope matrix of a router with an MCP server.

use axum::Router;
use scopes_runtime::__private::check_lock;
use scopes_runtime::mcp::McpEndpoint;
use scopes_runtime::testing::TestIssuer;
use scopes_runtime::{Requirement, ResourceServer, ScopedRouter, scopes};
use scopes_tests::Answer;

use super::{App, Notes, Scope, call};

fn routes(notes: &Notes) -> ScopedRouter<ResourceServer> {
    ScopedRouter::new().vocabulary::<Scope>().route_mcp("/mcp", notes.endpoint())
}

#[test]
fn the_report_lists_tools_prompts_and_resources() {
    let expected = "\
METHOD    PATH                    REQUIRES                                   HANDLER
*         /mcp                    mcp                                        -
TOOL      /mcp#about              mcp                                        -
TOOL      /mcp#add_note           mcp notes:write                            -
TOOL      /mcp#delete-notes       mcp notes:delete; may require notes:admin  -
TOOL      /mcp#list_notes         mcp notes:read                             -
RESOURCE  /mcp#notes://index      mcp                                        -
RESOURCE  /mcp#notes://{id}/text  mcp notes:read                             -
PROMPT    /mcp#summarize          mcp notes:read                             -";
    assert_eq!(routes(&Notes::default()).report().to_string(), expected);
}

#[test]
fn the_lock_file_lists_tools_and_finds_changes() {
    let (directory, name) = (env!("CARGO_TARGET_TMPDIR"), "mcp.lock");
    let lock = |endpoint, accept| {
        let router = ScopedRouter::<ResourceServer>::new().route_mcp("/mcp", endpoint);
        check_lock(&router.report(), directory, name, accept)
    };
    let endpoint = || McpEndpoint::new(Router::new(), Requirement::ANY_VALID_TOKEN);
    assert_eq!(lock(endpoint().tool("delete_note", scopes!("notes:delete")), true), Ok(()));
    let text = std::fs::read_to_string(format!("{directory}/{name}")).expect("a file");
    assert!(text.ends_with("\nTOOL /mcp#delete_note\n  requires notes:delete\n"), "{text}");
    assert_eq!(lock(endpoint().tool("delete_note", scopes!("notes:delete")), false), Ok(()));
    let changed = lock(endpoint().tool("delete_note", Requirement::ANY_VALID_TOKEN), false);
    assert!(changed.expect_err("a change").contains("loosened: TOOL /mcp#delete_note"));
}

#[test]
fn requirements_of_routers_count_for_tools() {
    let router = routes(&Notes::default()).require(scopes!("notes:admin"));
    let report = ScopedRouter::new().nest("/api", router).report().to_string();
    assert!(report.contains("/api/mcp#add_note           mcp notes:write notes:admin "), "{report}");
}

#[tokio::test]
async fn a_refused_call_names_the_scopes_of_routers() {
    let issuer = TestIssuer::new();
    let notes = Notes::default();
    let router = routes(&notes).require(scopes!("notes:admin"));
    let app = App { app: Router::from(router.with_state(issuer.resource_server())), issuer, notes };
    let answer: Answer = app.post(&app.token("mcp"), &call("add_note")).await;
    assert!(
        answer
            .challenge()
            .is_some_and(|challenge| challenge.contains("scope=\"mcp notes:write notes:admin\""))
    );
}

#[tokio::test]
async fn the_scope_matrix_calls_each_item_with_and_without_its_scopes() {
    for require in [false, true] {
        let (issuer, notes) = (TestIssuer::new(), Notes::default());
        let mut router = routes(&notes);
        if require {
            router = router.require(scopes!("notes:admin"));
        }
        let router = ScopedRouter::new().nest("/api", router).with_state(issuer.resource_server());
        issuer.matrix(&router).check(router).await;
    }
    let (issuer, notes) = (TestIssuer::new(), Notes::default());
    let router = routes(&notes).with_state(issuer.resource_server());
    issuer.matrix(&router).dry_run().check(Router::from(router)).await;
    assert_eq!(notes.uses(), 0);
}

#[tokio::test]
async fn the_attacks_on_tokens_find_nothing() {
    let issuer = TestIssuer::new();
    let router = routes(&Notes::default()).with_state(issuer.resource_server());
    issuer.matrix(&router).check_attacks(Router::from(router)).await;
}

#[tokio::test]
#[should_panic(expected = "TOOL /mcp#list_notes")]
async fn the_scope_matrix_finds_a_tool_without_its_scopes() {
    let issuer = TestIssuer::new();
    let served = ScopedRouter::new().route_mcp("/mcp", Notes::default().endpoint());
    let service = rmcp::transport::streamable_http_server::StreamableHttpService::new(
        || Ok(Notes::default()),
        std::sync::Arc::new(
            rmcp::transport::streamable_http_server::session::local::LocalSessionManager::default(),
        ),
        rmcp::transport::streamable_http_server::StreamableHttpServerConfig::default(),
    );
    let open = ScopedRouter::new().route_service("/mcp", service, scopes!("mcp"));
    issuer
        .matrix::<ResourceServer>(&served)
        .check(Router::from(open.with_state(issuer.resource_server())))
        .await;
}

#[test]
fn the_document_has_the_endpoint_and_no_tools() {
    let (_, document) = routes(&Notes::default()).split_for_parts();
    let paths: Vec<_> = document.paths.paths.keys().collect();
    assert_eq!(paths, ["/mcp"]);
}
