//! Lists of tools, prompts and resources.

use std::convert::Infallible;
use std::future::ready;

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse as _;
use futures_util::stream;
use rmcp::transport::streamable_http_server::StreamableHttpServerConfig;
use scopes_runtime::mcp::McpEndpoint;
use scopes_runtime::scopes;
use serde_json::{Value, json};
use tower::service_fn;

use super::{App, Notes, Scope, message};

fn names<'a>(result: &'a Value, list: &str, key: &str) -> Vec<&'a str> {
    let entries = result[list].as_array().expect("a list");
    let mut names: Vec<_> = entries.iter().map(|entry| entry[key].as_str().expect("a name")).collect();
    names.sort_unstable();
    names
}

async fn list(app: &App, scopes: &str, method: &str) -> Value {
    let answer = app.post(&app.token(scopes), &message(method, &json!({}))).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let text =
        answer.text.lines().find_map(|line| line.strip_prefix("data: {")).map(|rest| format!("{{{rest}"));
    let message: Value = serde_json::from_str(text.as_ref().unwrap_or(&answer.text)).expect("JSON");
    message["result"].clone()
}

#[tokio::test]
async fn lists_contain_what_the_token_may_use() {
    let events = StreamableHttpServerConfig::default().with_legacy_session_mode(false);
    for app in [App::new(), App::with(|notes: &Notes| notes.endpoint_with(events.clone()))] {
        let tools = list(&app, "mcp", "tools/list").await;
        assert_eq!(names(&tools, "tools", "name"), ["about"]);
        let tools = list(&app, "mcp notes:write notes:delete", "tools/list").await;
        assert_eq!(names(&tools, "tools", "name"), ["about", "add_note", "delete-notes", "list_notes"]);
        assert_eq!(names(&list(&app, "mcp", "prompts/list").await, "prompts", "name"), [""; 0]);
        let prompts = list(&app, "mcp notes:read", "prompts/list").await;
        assert_eq!(names(&prompts, "prompts", "name"), ["summarize"]);
        let resources = list(&app, "mcp", "resources/list").await;
        assert_eq!(names(&resources, "resources", "uri"), ["notes://index"]);
        let resources = list(&app, "mcp notes:read", "resources/list").await;
        assert_eq!(names(&resources, "resources", "uri"), ["notes://1/text", "notes://index"]);
        let templates = list(&app, "mcp", "resources/templates/list").await;
        assert_eq!(names(&templates, "resourceTemplates", "uriTemplate"), [""; 0]);
    }
}

#[tokio::test]
async fn lists_of_everything_name_the_missing_scopes() {
    let app = App::with(|notes| notes.endpoint().list_all());
    let tools = list(&app, "mcp", "tools/list").await;
    assert_eq!(names(&tools, "tools", "name"), ["about", "add_note", "delete-notes", "list_notes"]);
    let described = |name: &str| {
        let tools = tools["tools"].as_array().expect("a list");
        let tool = tools.iter().find(|tool| tool["name"] == name).expect("the tool");
        tool["description"].as_str().expect("a description").to_owned()
    };
    assert_eq!(described("about"), "Describes the server.");
    assert_eq!(described("add_note"), "Adds a note.\n\nRequires the scopes: mcp notes:write.");
    // What is not declared cannot be used.
    let resources = list(&app, "mcp", "resources/list").await;
    assert_eq!(names(&resources, "resources", "uri"), ["notes://1/text", "notes://index"]);
}

#[tokio::test]
async fn lists_of_a_directory_and_of_skills_contain_what_the_token_may_read() {
    let service = service_fn(|_: Request| {
        let entries = json!([{ "uri": "notes://1" }, { "uri": "notes://secret" }, { "uri": "other://1" }]);
        let result = json!({ "resources": entries, "skills": entries });
        let message = json!({ "jsonrpc": "2.0", "id": 1, "result": result });
        ready(Ok::<_, Infallible>(axum::Json(message).into_response()))
    });
    let app = App::with(|_| {
        McpEndpoint::new(service, scopes!("mcp"))
            .resource("notes://", scopes!())
            .resource("notes://1", scopes!())
            .resource("notes://secret", scopes!("notes:admin"))
    });
    for (method, params) in
        [("resources/directory/read", json!({ "uri": "notes://" })), ("skills/list", json!({}))]
    {
        let answer = app.post(&app.token("mcp"), &message(method, &params)).await;
        let message: Value = serde_json::from_str(&answer.text).expect("JSON");
        for list in ["resources", "skills"] {
            assert_eq!(names(&message["result"], list, "uri"), ["notes://1"], "{method}");
        }
    }
}

/// A service that answers with one event of a list, in chunks of these bytes.
fn in_chunks(event: String, bytes: usize) -> App {
    let service = service_fn(move |_: Request| {
        let chunks: Vec<_> = event.as_bytes().chunks(bytes).map(<[u8]>::to_vec).collect();
        let chunks = stream::iter(chunks.into_iter().map(Ok::<_, Infallible>));
        let response = ([(CONTENT_TYPE, "text/event-stream")], Body::from_stream(chunks));
        ready(Ok::<_, Infallible>(response.into_response()))
    });
    App::with(|_| {
        McpEndpoint::new(service, scopes!("mcp")).tools(&Notes::tool_router(), Notes::tool_access())
    })
}

#[tokio::test]
async fn lists_in_events_are_found_in_chunks_of_any_size() {
    let tools = json!([{ "name": "about" }, { "name": "add_note" }]);
    let list = json!({ "jsonrpc": "2.0", "id": 1, "result": { "tools": tools } });
    for end in ["\n\n", "\r\n\r\n"] {
        let event = format!(": a comment{end}event: message\ndata: {list}{end}data: 1{end}");
        for bytes in 1..=event.len() {
            let app = in_chunks(event.clone(), bytes);
            let answer = app.post(&app.token("mcp"), &message("tools/list", &json!({}))).await;
            assert!(answer.text.contains(r#""name":"about""#), "{}", answer.text);
            assert!(!answer.text.contains("add_note"), "{}", answer.text);
            assert!(answer.text.ends_with(&format!("data: 1{end}")), "{}", answer.text);
        }
    }
}

#[tokio::test]
async fn events_that_cannot_be_read_are_dropped() {
    let list = json!({ "jsonrpc": "2.0", "id": 1, "result": { "tools": [{ "name": "add_note" }] } });
    for event in [
        format!("event: x\rdata: {list}\n\n"),
        format!("data: {list}\rdata: x\n\n"),
        format!("\u{feff}data: {list}\n\n"),
        format!("data: {list}}}\n\n"),
    ] {
        let app = in_chunks(format!("{event}data:\n\n"), 1000);
        let answer = app.post(&app.token("mcp"), &message("tools/list", &json!({}))).await;
        assert_eq!(answer.text, "data:\n\n", "{event}");
    }
}
