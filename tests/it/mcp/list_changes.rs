//! Notifications on the stream of a session, after a token with other scopes.

use std::time::Duration;

use axum::body::BodyDataStream;
use futures_util::StreamExt as _;
use rmcp::transport::streamable_http_server::StreamableHttpServerConfig;
use scopes_tests::now;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::sessions::open;
use super::{App, call, message, request};

fn app() -> App {
    App::with(|notes| notes.endpoint_with(StreamableHttpServerConfig::default()))
}

/// The stream that a client opens with `GET`.
struct Stream {
    chunks: BodyDataStream,
    text: String,
}

impl Stream {
    async fn open(app: &App, token: &str, session: &str) -> Self {
        let request = request("GET", token, "", &[("mcp-session-id", session)]);
        let response = app.app.clone().oneshot(request).await.expect("infallible");
        assert_eq!(response.status(), 200);
        Self { chunks: response.into_body().into_data_stream(), text: String::new() }
    }

    /// Returns the methods of the messages that have come since, without those of the server itself.
    async fn methods(&mut self) -> Vec<String> {
        let soon = Duration::from_millis(200);
        while let Ok(Some(chunk)) = tokio::time::timeout(soon, self.chunks.next()).await {
            self.text.push_str(std::str::from_utf8(&chunk.expect("a chunk")).expect("UTF-8"));
        }
        let text = std::mem::take(&mut self.text);
        let data = text.lines().filter_map(|line| line.strip_prefix("data: "));
        let messages = data.filter_map(|data| serde_json::from_str::<Value>(data).ok());
        messages.filter_map(|message| Some(message["method"].as_str()?.to_owned())).collect()
    }
}

async fn post(app: &App, token: &str, session: &str, message: &Value) {
    let answer = app.post_raw(token, message.to_string(), &[("mcp-session-id", session)]).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
}

const CHANGED: &str = "notifications/tools/list_changed";

#[tokio::test]
async fn a_token_with_other_scopes_notifies_the_stream_of_its_session() {
    let app = app();
    let first = app.token("mcp");
    let (session, other) = (open(&app, &first).await, open(&app, &first).await);
    let mut stream = Stream::open(&app, &first, &session).await;
    let mut of_other = Stream::open(&app, &first, &other).await;
    let (list, none) = (message("tools/list", &json!({})), Vec::<String>::new());
    post(&app, &first, &session, &list).await;
    // Another token with the same scopes, and one with a scope that no item needs.
    post(&app, &app.token_of("alice").scopes(["mcp"]).claim("jti", "2").sign(), &session, &list).await;
    post(&app, &app.token("mcp notes:admin"), &session, &list).await;
    assert_eq!(stream.methods().await, none);
    // The server does not declare `listChanged` of prompts and resources, which change too.
    let second = app.token("mcp notes:read");
    post(&app, &second, &session, &call("list_notes")).await;
    assert_eq!(stream.methods().await, [CHANGED]);
    post(&app, &second, &session, &list).await;
    post(&app, &second, &session, &call("list_notes")).await;
    assert_eq!(stream.methods().await, none);
    // Several changes before the client reads are one notification.
    post(&app, &app.token("mcp notes:write"), &session, &list).await;
    post(&app, &first, &session, &list).await;
    assert_eq!(stream.methods().await, [CHANGED]);
    assert_eq!(of_other.methods().await, none);
}

#[tokio::test]
async fn a_refused_request_causes_no_notification() {
    let app = app();
    let token = app.token("mcp");
    let session = open(&app, &token).await;
    let mut stream = Stream::open(&app, &token, &session).await;
    let header = [("mcp-session-id", &*session)];
    let list = message("tools/list", &json!({})).to_string();
    let mallory = app.token_of("mallory").scopes(["mcp notes:read"]).sign();
    assert_eq!(app.post_raw(&mallory, list.clone(), &header).await.status, 404);
    assert_eq!(app.post_raw(&app.token("notes:read"), list.clone(), &header).await.status, 403);
    let expired = app.token_of("alice").scopes(["mcp notes:read"]).claim("exp", now() - 600).sign();
    assert_eq!(app.post_raw(&expired, list, &header).await.status, 401);
    let delete = call("delete-notes").to_string();
    assert_eq!(app.post_raw(&app.token("mcp notes:read"), delete, &header).await.status, 403);
    assert_eq!(stream.methods().await, Vec::<String>::new());
}

#[tokio::test]
async fn one_of_several_streams_is_notified() {
    let app = app();
    let token = app.token("mcp");
    let session = open(&app, &token).await;
    let mut streams =
        [Stream::open(&app, &token, &session).await, Stream::open(&app, &token, &session).await];
    post(&app, &app.token("mcp notes:read"), &session, &call("list_notes")).await;
    assert_eq!(streams[0].methods().await, [CHANGED]);
    assert_eq!(streams[1].methods().await, Vec::<String>::new());
    let [first, mut second] = streams;
    drop(first);
    post(&app, &token, &session, &call("about")).await;
    assert_eq!(second.methods().await, [CHANGED]);
    // A stream that is opened with other scopes than the last request had.
    let mut third = Stream::open(&app, &app.token("mcp notes:read"), &session).await;
    assert_eq!(second.methods().await, [CHANGED]);
    assert_eq!(third.methods().await, Vec::<String>::new());
}

#[tokio::test]
async fn lists_of_everything_do_not_change() {
    let app = App::with(|notes| notes.endpoint_with(StreamableHttpServerConfig::default()).list_all());
    let token = app.token("mcp");
    let session = open(&app, &token).await;
    let mut stream = Stream::open(&app, &token, &session).await;
    post(&app, &app.token("mcp notes:read"), &session, &call("list_notes")).await;
    assert_eq!(stream.methods().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_stream_ends_with_its_session() {
    let app = app();
    let token = app.token("mcp");
    let session = open(&app, &token).await;
    let mut stream = Stream::open(&app, &token, &session).await;
    let deleted = app.send("DELETE", &token, "", &[("mcp-session-id", &session)]).await;
    assert!(deleted.status.is_success(), "{}", deleted.status);
    let until_the_end = async { while stream.chunks.next().await.is_some() {} };
    tokio::time::timeout(Duration::from_secs(10), until_the_end).await.expect("the stream ends");
}
