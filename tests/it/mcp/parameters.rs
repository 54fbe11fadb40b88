//! Tools whose scopes have a parameter, which the path of the endpoint gives its value.

use std::sync::Arc;

use axum::Router;
use axum::http::{Request, header};
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use rmcp::{ServerHandler, tool, tool_handler, tool_router};
use scopes_runtime::mcp::{McpEndpoint, scoped_tools};
use scopes_runtime::testing::TestIssuer;
use scopes_runtime::{
    Requirement, ResourceServer, ScopedRouter, declare_scopes, public, requires_scopes, scopes,
};
use scopes_tests::{Answer, send};
use serde_json::{Value, json};

use super::{call, message};

#[declare_scopes]
enum Scope {
    /// Read the projects of an organization.
    OrgRead = "org:{org}:read",
    /// Read the projects of all organizations.
    #[implies(OrgRead)]
    AllRead = "org:read",
    /// Change the projects of an organization.
    #[implies(OrgRead)]
    OrgWrite = "org:{org}:write",
}

#[derive(Clone)]
struct Projects;

#[scoped_tools]
#[tool_router]
impl Projects {
    #[tool(description = "Lists projects.")]
    #[requires_scopes("org:{org}:read")]
    async fn list_projects(&self) -> String {
        "projects".to_owned()
    }

    #[tool(description = "Adds a project.")]
    #[requires_scopes("org:{org}:write")]
    async fn add_project(&self) -> String {
        "added".to_owned()
    }

    #[tool(description = "Describes the server.")]
    #[public(reason = "it is the same for all")]
    async fn about(&self) -> String {
        "about".to_owned()
    }
}

#[tool_handler]
impl ServerHandler for Projects {}

type Endpoint = McpEndpoint<StreamableHttpService<Projects, LocalSessionManager>>;

fn endpoint(requirement: Requirement) -> Endpoint {
    let config = StreamableHttpServerConfig::default();
    endpoint_with(config.with_legacy_session_mode(false).with_json_response(true), requirement)
}

fn endpoint_with(config: StreamableHttpServerConfig, requirement: Requirement) -> Endpoint {
    let service =
        StreamableHttpService::new(|| Ok(Projects), Arc::new(LocalSessionManager::default()), config);
    McpEndpoint::new(service, requirement).tools(&Projects::tool_router(), Projects::tool_access())
}

struct App {
    issuer: TestIssuer,
    app: Router,
}

impl App {
    fn new(router: ScopedRouter<ResourceServer>) -> Self {
        let issuer = TestIssuer::new();
        let app = Router::from(router.with_state(issuer.resource_server()));
        Self { issuer, app }
    }

    async fn post(&self, path: &str, scopes: &[&str], message: &Value) -> Answer {
        self.post_in(None, path, scopes, message).await
    }

    /// Sends a message in a session.
    async fn post_in(&self, session: Option<&str>, path: &str, scopes: &[&str], message: &Value) -> Answer {
        let request = Request::post(path)
            .header(header::HOST, "localhost")
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::ACCEPT, "application/json, text/event-stream")
            .header(header::AUTHORIZATION, format!("Bearer {}", self.issuer.token().scopes(scopes).sign()));
        let request = session.into_iter().fold(request, |request, id| request.header("mcp-session-id", id));
        send(&self.app, request.body(message.to_string().into()).expect("a request")).await
    }

    /// Returns the listed tools with their descriptions.
    async fn tools(&self, path: &str, scopes: &[&str]) -> Vec<(String, String)> {
        let answer = self.post(path, scopes, &message("tools/list", &json!({}))).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let answer = answer.json();
        let text = |tool: &Value, member: &str| tool[member].as_str().expect("text").to_owned();
        let tools = answer["result"]["tools"].as_array().expect("a list").iter();
        let mut tools: Vec<_> = tools.map(|tool| (text(tool, "name"), text(tool, "description"))).collect();
        tools.sort_unstable();
        tools
    }

    async fn names(&self, path: &str, scopes: &[&str]) -> Vec<String> {
        self.tools(path, scopes).await.into_iter().map(|(name, _)| name).collect()
    }
}

fn routed(endpoint: Endpoint) -> ScopedRouter<ResourceServer> {
    ScopedRouter::new().vocabulary::<Scope>().route_mcp("/orgs/{org}/mcp", endpoint)
}

#[tokio::test]
async fn a_tool_needs_the_scope_for_the_value_of_the_path() {
    let nested = ScopedRouter::new()
        .nest("/orgs/{org}", ScopedRouter::new().route_mcp("/mcp", endpoint(Requirement::ANY_VALID_TOKEN)));
    for router in [routed(endpoint(Requirement::ANY_VALID_TOKEN)), nested] {
        let app = App::new(router);
        for (path, scopes, expected) in [
            ("/orgs/acme/mcp", &["org:acme:read"][..], 200),
            ("/orgs/acme/mcp", &["org:acme:write"], 200),
            ("/orgs/acme/mcp", &["org:read"], 200),
            ("/orgs/%61cme/mcp", &["org:acme:read"], 200),
            ("/orgs/acme/mcp", &["org:other:read"], 403),
            ("/orgs/acme/mcp", &["org:other:read", "org:ACME:read", "org:{org}:read", "org::read"], 403),
            ("/orgs/other/mcp", &["org:acme:read"], 403),
            ("/orgs/acme%3Aread/mcp", &["org:acme:read"], 403),
            ("/orgs/acme/mcp?org=other", &["org:other:read"], 403),
        ] {
            let answer = app.post(path, scopes, &call("list_projects")).await;
            assert_eq!(answer.status, expected, "{path} {scopes:?}: {}", answer.text);
        }
        let refused = app.post("/orgs/acme/mcp", &["org:other:write"], &call("add_project")).await;
        assert_eq!(refused.json()["scope"], "org:acme:write");
        assert_eq!(app.post("/orgs/acme/mcp", &[], &call("about")).await.status, 200);
    }
}

#[tokio::test]
async fn a_session_is_for_the_value_of_the_path() {
    let endpoint = || endpoint_with(StreamableHttpServerConfig::default(), Requirement::ANY_VALID_TOKEN);
    let nested = ScopedRouter::new().nest("/orgs/{org}", ScopedRouter::new().route_mcp("/mcp", endpoint()));
    for router in [routed(endpoint()), nested] {
        let app = App::new(router);
        let scopes = &["org:acme:read", "org:other:read"];
        let params = json!({
            "protocolVersion": "2025-06-18",
            "capabilities": {},
            "clientInfo": { "name": "test", "version": "1" },
        });
        let opened = app.post("/orgs/acme/mcp", scopes, &message("initialize", &params)).await;
        let session = opened.headers["mcp-session-id"].to_str().expect("text");
        for (path, expected) in [
            ("/orgs/acme/mcp", 200),
            ("/orgs/%61cme/mcp", 200),
            ("/orgs/other/mcp", 404),
            ("/orgs/%FF/mcp", 400),
            ("/orgs/ac/mcp", 404),
        ] {
            let answer = app.post_in(Some(session), path, scopes, &call("about")).await;
            assert_eq!(answer.status, expected, "{path}: {}", answer.text);
        }
    }
}

#[tokio::test]
async fn a_list_shows_a_tool_for_the_value_of_the_path_only() {
    let app = App::new(routed(endpoint(Requirement::ANY_VALID_TOKEN)));
    for (path, scopes, expected) in [
        ("/orgs/acme/mcp", &["org:acme:read"][..], &["about", "list_projects"][..]),
        ("/orgs/acme/mcp", &["org:acme:write"], &["about", "add_project", "list_projects"]),
        ("/orgs/acme/mcp", &["org:read"], &["about", "list_projects"]),
        ("/orgs/acme/mcp", &["org:other:write", "org:{org}:write", "org::read"], &["about"]),
        ("/orgs/acme/mcp", &["org:other:write", "org:acme:read"], &["about", "list_projects"]),
        (
            "/orgs/other/mcp",
            &["org:other:write", "org:acme:read"],
            &["about", "add_project", "list_projects"],
        ),
        ("/orgs/acme/mcp", &[], &["about"]),
    ] {
        assert_eq!(app.names(path, scopes).await, expected, "{path} {scopes:?}");
    }
}

#[tokio::test]
async fn an_endpoint_with_a_parameter_lists_for_its_value() {
    let app = App::new(routed(endpoint(scopes!("org:{org}:read"))));
    assert_eq!(app.names("/orgs/acme/mcp", &["org:acme:read"]).await, ["about", "list_projects"]);
    let list = message("tools/list", &json!({}));
    assert_eq!(app.post("/orgs/acme/mcp", &["org:other:read"], &list).await.status, 403);
}

#[tokio::test]
async fn a_list_of_everything_names_the_concrete_scopes() {
    let app = App::new(routed(endpoint(Requirement::ANY_VALID_TOKEN).list_all()));
    let described = |name: &str, text: &str| (name.to_owned(), text.to_owned());
    assert_eq!(
        app.tools("/orgs/acme/mcp", &["org:acme:read", "org:other:write"]).await,
        [
            described("about", "Describes the server."),
            described("add_project", "Adds a project.\n\nRequires the scopes: org:acme:write."),
            described("list_projects", "Lists projects."),
        ]
    );
}

#[test]
#[should_panic(
    expected = "`TOOL /mcp#add_project` requires `org:{org}:write`, but its path has no parameter `{org}`, or several values for \
                it: name one parameter of the endpoint's path `{org}`"
)]
fn an_endpoint_without_the_parameter_of_a_tool_is_not_built() {
    App::new(ScopedRouter::new().route_mcp("/mcp", endpoint(Requirement::ANY_VALID_TOKEN)));
}

#[test]
#[should_panic(expected = "`RESOURCE /mcp#notes://{org}` requires `org:{org}:read`")]
fn the_parameter_of_a_resource_template_is_no_value() {
    let endpoint = McpEndpoint::new(Router::new(), Requirement::ANY_VALID_TOKEN)
        .resource("notes://{org}", scopes!("org:{org}:read"));
    App::new(ScopedRouter::new().route_mcp("/mcp", endpoint));
}

#[tokio::test]
async fn the_scope_matrix_calls_tools_with_other_values() {
    let issuer = TestIssuer::new();
    let router = routed(endpoint(Requirement::ANY_VALID_TOKEN)).with_state(issuer.resource_server());
    issuer.matrix(&router).check(router).await;
}
