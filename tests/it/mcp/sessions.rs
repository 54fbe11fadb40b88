//! Sessions belong to the subject and client that opened them.

use std::time::Duration;

use axum::Router;
use futures_util::StreamExt as _;
use rmcp::transport::streamable_http_server::StreamableHttpServerConfig;
use scopes_runtime::mcp::McpEndpoint;
use scopes_runtime::{
    AccessToken, DecodeFuture, GrantedScopes, ProtectedResourceMetadata, ResourceServer, ScopedRouter,
    TokenDecoder, scopes,
};
use serde_json::{Map, json};
use tower::ServiceExt as _;

use scopes_tests::now;

use super::{App, Scope, call, message, request};

fn app() -> App {
    App::with(|notes| notes.endpoint_with(StreamableHttpServerConfig::default()))
}

/// Opens a session. Returns its id.
pub(super) async fn open(app: &App, token: &str) -> String {
    let params = json!({
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": { "name": "test", "version": "1" },
    });
    let answer = app.post(token, &message("initialize", &params)).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let id = answer.headers["mcp-session-id"].to_str().expect("text").to_owned();
    let initialized = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
    let answer = app.post_raw(token, initialized.to_string(), &[("mcp-session-id", &id)]).await;
    assert_eq!(answer.status, 202, "{}", answer.text);
    id
}

#[tokio::test]
async fn a_session_is_for_the_subject_and_client_that_opened_it() {
    let app = app();
    let alice = app.token("mcp notes:read");
    let id = open(&app, &alice).await;
    let session = [("mcp-session-id", &*id)];
    let body = call("list_notes").to_string();
    let others = [
        app.token_of("mallory").scopes(["mcp notes:read"]).sign(),
        app.token_of("alice").claim("client_id", "another").scopes(["mcp notes:read"]).sign(),
    ];
    for other in &others {
        assert_eq!(app.post_raw(other, body.clone(), &session).await.status, 404);
        assert_eq!(app.send("GET", other, "", &session).await.status, 404);
        let resumed = [session[0], ("last-event-id", "0/0")];
        assert_eq!(app.send("GET", other, "", &resumed).await.status, 404);
        assert_eq!(app.send("DELETE", other, "", &session).await.status, 404);
    }
    assert_eq!(app.notes.uses(), 0);
    // A new token of the same client, after a step-up.
    let next = app.token("mcp notes:read notes:write");
    let answer = app.post_raw(&next, body, &session).await;
    assert_eq!(answer.status, 200);
    assert!(answer.text.contains("the notes of alice"), "{}", answer.text);
    assert!(app.send("DELETE", &next, "", &session).await.status.is_success());
}

/// Tokens that name neither a subject nor a client.
struct Unnamed;

impl TokenDecoder for Unnamed {
    fn decode<'a>(&'a self, _: &'a str) -> DecodeFuture<'a> {
        Box::pin(async { AccessToken::new(Map::new(), GrantedScopes::from_list("mcp notes:read")) })
    }
}

#[tokio::test]
async fn a_session_of_a_token_without_subject_and_client_is_for_that_token() {
    let mut app = app();
    let metadata = ProtectedResourceMetadata::new("https://notes.example/mcp").expect("a URL");
    let server = ResourceServer::builder(Unnamed).metadata(&metadata).build().expect("a realm");
    let endpoint = app.notes.endpoint_with(StreamableHttpServerConfig::default());
    app.app = Router::from(ScopedRouter::new().route_mcp("/mcp", endpoint).with_state(server));
    let id = open(&app, "one").await;
    let session = [("mcp-session-id", &*id)];
    let body = call("list_notes").to_string();
    assert_eq!(app.post_raw("another", body.clone(), &session).await.status, 404);
    assert_eq!(app.notes.uses(), 0);
    assert_eq!(app.post_raw("one", body, &session).await.status, 200);
}

#[tokio::test]
async fn a_session_id_that_the_server_did_not_issue_is_refused() {
    let app = app();
    let token = app.token("mcp notes:read");
    let id = open(&app, &token).await;
    let (inner, tag) = id.rsplit_once('.').expect("a tag");
    let forged = [
        inner.to_owned(),
        format!("{inner}."),
        format!("{inner}.{}", "0".repeat(32)),
        format!("{inner}.{}", tag.to_uppercase()),
        format!("{inner}.{tag}0"),
        format!("{inner}.{}", &tag[..30]),
        format!("x{inner}.{tag}"),
        format!(".{tag}"),
        "chosen-by-the-attacker".to_owned(),
        String::new(),
    ];
    let body = call("list_notes").to_string();
    for id in &forged {
        let answer = app.post_raw(&token, body.clone(), &[("mcp-session-id", id)]).await;
        assert_eq!(answer.status, 404, "{id}");
    }
    let twice = [("mcp-session-id", &*id), ("mcp-session-id", &*id)];
    assert_eq!(app.post_raw(&token, body.clone(), &twice).await.status, 404);
    assert_eq!(app.notes.uses(), 0);
    // Another server does not know the id.
    let other = self::app();
    let answer = other.post_raw(&other.token("mcp notes:read"), body, &[("mcp-session-id", &id)]).await;
    assert_eq!(answer.status, 404);
}

#[tokio::test]
async fn servers_with_one_key_accept_the_session_ids_of_each_other() {
    let app =
        || App::with(|notes| notes.endpoint_with(StreamableHttpServerConfig::default()).session_key([7; 32]));
    let (one, other) = (app(), app());
    let id = open(&one, &one.token("mcp")).await;
    // The other service has no such session, but the id is not refused before it. rmcp responds with 404 too, with another
    // text.
    let answer =
        other.post_raw(&other.token("mcp"), call("about").to_string(), &[("mcp-session-id", &id)]).await;
    assert!(answer.text.contains("Session not found"), "{}", answer.text);
}

#[tokio::test]
async fn a_stream_without_a_session_is_not_resumed() {
    let app = app();
    let token = app.token("mcp");
    let id = open(&app, &token).await;
    let last = ("last-event-id", "0/0");
    assert_eq!(app.send("GET", &token, "", &[last]).await.status, 404);
    let without = [last, ("mcp-session-id", &*id), ("mcp-protocol-version", "2026-07-28")];
    assert_eq!(app.send("GET", &token, "", &without).await.status, 404);
}

#[tokio::test]
async fn a_stream_of_a_session_is_resumed_by_clients_whose_version_has_sessions() {
    let service = Router::new().fallback(async || [("mcp-session-id", "1")]);
    let app = App::with(|_| McpEndpoint::new(service, scopes!("mcp")));
    let token = app.token("mcp");
    let answer = app.post(&token, &message("initialize", &json!({}))).await;
    let id = answer.headers["mcp-session-id"].to_str().expect("text");
    let resumed = [("mcp-session-id", id), ("last-event-id", "0/0")];
    assert_eq!(app.send("GET", &token, "", &resumed).await.status, 200);
    for (version, status) in
        [("2025-11-25", 200), ("2026-07-27", 200), ("2026-07-28", 404), ("2026-07-29", 404)]
    {
        let headers = [&resumed[..], &[("mcp-protocol-version", version)]].concat();
        assert_eq!(app.send("GET", &token, "", &headers).await.status, status, "{version}");
    }
}

#[tokio::test]
async fn a_stream_ends_with_its_token() {
    let app = app();
    let id = open(&app, &app.token("mcp")).await;
    let token = app.token_of("alice").scopes(["mcp"]).claim("exp", now() + 2).sign();
    let request = request("GET", &token, "", &[("mcp-session-id", &id)]);
    let response = app.app.clone().oneshot(request).await.expect("infallible");
    assert_eq!(response.status(), 200);
    let mut events = response.into_body().into_data_stream();
    let until_the_end = async { while events.next().await.is_some() {} };
    tokio::time::timeout(Duration::from_secs(10), until_the_end).await.expect("the stream ends");
    let resumed = [("mcp-session-id", &*id), ("last-event-id", "0/0")];
    assert_eq!(app.send("GET", &token, "", &resumed).await.status, 401);
}
