//! The MCP clients of `@modelcontextprotocol/sdk` and of rmcp, registered dynamically at `oidc-provider`.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use reqwest::redirect::Policy;
use reqwest::{Client, Url};
use rmcp::model::{CallToolRequestParams, ServerCapabilities, ServerConfig};
use rmcp::service::{RoleClient, RunningService};
use rmcp::transport::StreamableHttpClientTransport;
use rmcp::transport::auth::{AuthClient, AuthorizationCallback, AuthorizationRequest, OAuthState};
use rmcp::transport::streamable_http_client::StreamableHttpClientTransportConfig;
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use rmcp::{ServerHandler, ServiceError, ServiceExt as _, tool, tool_handler, tool_router};
use scopes_runtime::mcp::{McpEndpoint, scoped_tools};
use scopes_runtime::{
    ProtectedResourceMetadata, Requirement, ResourceServer, ScopedRouter, declare_scopes, requires_scopes,
};
use scopes_tests::listen;
use serde_json::json;

use super::issuer::{Issuer, modules, node, run};

/// What a token may do with notes.
#[declare_scopes]
enum Scope {
    /// Read notes.
    Read = "notes:read",
    /// Write notes.
    Write = "notes:write",
    /// Delete notes.
    Delete = "notes:delete",
}

#[derive(Clone)]
struct Notes;

#[scoped_tools]
#[tool_router]
impl Notes {
    #[tool]
    #[requires_scopes("notes:read")]
    async fn read(&self) -> String {
        "read".to_owned()
    }

    #[tool]
    #[requires_scopes("notes:write")]
    async fn write(&self) -> String {
        "written".to_owned()
    }

    #[tool]
    #[requires_scopes("notes:delete")]
    async fn delete(&self) -> String {
        "deleted".to_owned()
    }
}

#[tool_handler]
impl ServerHandler for Notes {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().enable_tool_list_changed().build())
    }
}

/// Serves the notes. Returns the URL of the endpoint.
async fn serve(issuer: &Issuer) -> String {
    let (listener, url) = listen().await;
    let url = format!("{url}/mcp");
    let metadata = ProtectedResourceMetadata::new(&url).expect("a URL");
    let metadata = metadata.authorization_server(&issuer.url).scopes::<Scope>();
    let server =
        ResourceServer::builder(issuer.jwt_decoder(&url)).metadata(&metadata).build().expect("a realm");
    let sessions = Arc::new(LocalSessionManager::default());
    let service = StreamableHttpService::new(|| Ok(Notes), sessions, StreamableHttpServerConfig::default());
    let endpoint = McpEndpoint::new(service, Requirement::ANY_VALID_TOKEN)
        .tools(&Notes::tool_router(), Notes::tool_access());
    let router = ScopedRouter::new().route_mcp("/mcp", endpoint).with_state(server);
    let app = Router::from(router).merge(metadata.router());
    tokio::spawn(async move { axum::serve(listener, app).await });
    url
}

#[tokio::test(flavor = "multi_thread")]
async fn the_client_of_the_official_sdk_registers_and_logs_in_again_for_a_tool() {
    let Some(modules) = modules() else { return };
    let issuer = Issuer::start(&modules);
    let url = serve(&issuer).await;
    let all = "notes:read notes:write notes:delete";
    let expected = json!({
        "registered": all,
        "tools": ["read"],
        "read": "read",
        "refused": "login",
        "deleted": "deleted",
        "toolsAfterwards": ["delete"],
        "notifications": 1,
        "neverGranted": 403,
        "sameSession": true,
        "requested": [all, "notes:delete", "notes:write"],
    });
    assert_eq!(run(node("mcp_client.mjs").arg(&modules).arg(&url)), expected);
}

const CALLBACK: &str = "http://127.0.0.1:9/callback";

/// Follows the redirects of the issuer as a browser without a session does. Returns the URL of the callback.
async fn log_in(url: &str) -> String {
    let http = Client::builder().redirect(Policy::none()).build().expect("a client");
    let mut cookies = BTreeMap::new();
    let mut next = Url::parse(url).expect("a URL");
    while !next.as_str().starts_with(CALLBACK) {
        let cookie: Vec<_> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = http.get(next.clone()).header("cookie", cookie.join("; "));
        let answer = request.send().await.expect("an answer");
        for line in answer.headers().get_all("set-cookie") {
            let cookie = line.to_str().expect("text").split(';').next().unwrap_or_default();
            let (name, value) = cookie.split_once('=').expect("a cookie");
            cookies.insert(name.to_owned(), value.to_owned());
        }
        let Some(location) = answer.headers().get("location") else {
            panic!("{next}: {}", answer.text().await.expect("text"));
        };
        next = next.join(location.to_str().expect("text")).expect("a URL");
    }
    next.into()
}

/// Returns the parameters of an authorization URL.
fn parameters(url: &str) -> BTreeMap<String, String> {
    Url::parse(url).expect("a URL").query_pairs().into_owned().collect()
}

type McpClient = RunningService<RoleClient, ()>;

async fn tools(client: &McpClient) -> Vec<String> {
    let tools = client.list_all_tools().await.expect("a list");
    let mut names: Vec<_> = tools.into_iter().map(|tool| tool.name.into_owned()).collect();
    names.sort_unstable();
    names
}

async fn call(client: &McpClient, tool: &'static str) -> Result<String, ServiceError> {
    let result = client.call_tool(CallToolRequestParams::new(tool)).await?;
    Ok(result.content[0].as_text().expect("text").text.clone())
}

/// With the URL of the server only: 401, metadata, registration, PKCE, token, call, and once more for another scope.
#[tokio::test(flavor = "multi_thread")]
async fn the_client_of_rmcp_registers_and_logs_in_again_for_a_tool() {
    let Some(modules) = modules() else { return };
    let issuer = Issuer::start(&modules);
    let url = serve(&issuer).await;
    let refused = ().serve(StreamableHttpClientTransport::from_uri(url.clone())).await.expect_err("no token");
    assert!(refused.is_authorization_required(), "{refused}");
    let challenge = refused.auth_challenge().expect("a challenge").to_owned();
    assert!(challenge.contains("resource_metadata=") && !challenge.contains("scope="), "{challenge}");

    let mut state = OAuthState::new(&url, None).await.expect("a state");
    let request = AuthorizationRequest::new(CALLBACK).with_client_name("test").with_challenge(challenge);
    state.start_authorization(request).await.expect("it registers");
    let authorization_url = state.get_authorization_url().await.expect("a URL");
    let requested = parameters(&authorization_url);
    assert_eq!(requested["scope"], "notes:read notes:write notes:delete");
    assert_eq!(requested["resource"], url);
    assert_eq!(requested["code_challenge_method"], "S256");
    state.handle_callback_url(&log_in(&authorization_url).await).await.expect("a token");

    let auth = AuthClient::new(Client::new(), state.into_authorization_manager().expect("a manager"));
    let config = StreamableHttpClientTransportConfig::with_uri(url.clone());
    let transport = StreamableHttpClientTransport::with_client(auth.clone(), config);
    let client = ().serve(transport).await.expect("a connection");
    assert_eq!(tools(&client).await, ["read"]);
    assert_eq!(call(&client, "read").await.expect("a text"), "read");
    let refused = call(&client, "delete").await.expect_err("no scope");
    let challenge = refused.auth_challenge().expect("a challenge");
    assert!(challenge.contains(r#"error="insufficient_scope", scope="notes:delete""#), "{challenge}");

    // The client and its session get the new token.
    let manager = auth.auth_manager.lock().await;
    let authorization_url = manager.request_scope_upgrade("notes:delete").await.expect("a URL");
    assert_eq!(parameters(&authorization_url)["scope"], "notes:read notes:delete");
    let callback = AuthorizationCallback::from_redirect_url(&log_in(&authorization_url).await);
    let AuthorizationCallback { code, csrf_token, issuer, .. } = callback.expect("a code");
    let exchanged = manager.exchange_code_for_token_with_issuer(&code, &csrf_token, issuer.as_deref()).await;
    exchanged.expect("a token");
    drop(manager);
    assert_eq!(tools(&client).await, ["delete", "read"]);
    assert_eq!(call(&client, "delete").await.expect("a text"), "deleted");
}
