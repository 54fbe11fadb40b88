//! Requests that try to use a tool without its scopes. The token has that of the endpoint only.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderName, Request};
use futures_util::stream;
use scopes_runtime::mcp::McpEndpoint;
use scopes_runtime::testing::TestIssuer;
use scopes_runtime::{ScopedRouter, scopes};
use scopes_tests::send;
use serde_json::{Value, json};

use super::{App, Scope, call, message};

/// Sends each body with a token of `mcp`. None may use a tool, or fail in the server.
async fn admits_none(bodies: impl IntoIterator<Item = impl Into<String>>) {
    let app = App::new();
    let token = app.token("mcp");
    for body in bodies {
        let body = body.into();
        let answer = app.post_raw(&token, body.clone(), &[]).await;
        assert_eq!(app.notes.uses(), 0, "{body}");
        assert!(answer.status.as_u16() < 500, "{body}: {}", answer.status);
        let result = answer.json_if_any();
        assert!(result.is_none_or(|message| message.get("result").is_none()), "{body}: {}", answer.text);
    }
}

trait JsonIfAny {
    fn json_if_any(&self) -> Option<Value>;
}

impl JsonIfAny for scopes_tests::Answer {
    fn json_if_any(&self) -> Option<Value> {
        serde_json::from_str(&self.text).ok()
    }
}

#[tokio::test]
async fn variants_of_a_name_admit_none() {
    let names = [
        "list_notes ",
        " list_notes",
        "LIST_NOTES",
        "list_notes\u{0}",
        "list_notes\u{200b}",
        "list\u{ff3f}notes",
        "l\u{131}st_notes",
        "list_not\u{65}\u{301}s",
        "ｌist_notes",
        "list_notes\n",
        "./list_notes",
        "",
    ];
    admits_none(names.map(|name| call(name).to_string())).await;
    // The same name in escapes is the same name.
    let app = App::new();
    let escaped = call("list_notes").to_string().replace("list_notes", r"\u006cist_notes");
    assert_eq!(app.post_raw(&app.token("mcp"), escaped, &[]).await.status, 403);
}

#[tokio::test]
async fn methods_in_other_cases_admit_none() {
    let methods = [
        "Tools/Call",
        "tools/Call",
        "TOOLS/CALL",
        "tools/call ",
        "tools\\call",
        "tools//call",
        "tools/call\u{0}",
    ];
    let params = json!({ "name": "list_notes", "arguments": {} });
    admits_none(methods.map(|method| message(method, &params).to_string())).await;
}

#[tokio::test]
async fn repeated_members_admit_none() {
    admits_none([
        r#"{"jsonrpc":"2.0","id":1,"method":"ping","method":"tools/call","params":{"name":"list_notes"}}"#,
        r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","method":"ping","params":{"name":"list_notes"}}"#,
        r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"about"},"params":{"name":"list_notes"}}"#,
        r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"about","name":"list_notes"}}"#,
        r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"about","\u006eame":"list_notes"}}"#,
        r#"{"jsonrpc":"2.0","id":1,"\u006dethod":"ping","method":"tools/call","params":{"name":"list_notes"}}"#,
        r#"{"$serde_json::private::RawValue":"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"list_notes\"}}"}"#,
    ])
    .await;
}

#[tokio::test]
async fn arrays_in_place_of_objects_admit_none() {
    admits_none([
        r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":["list_notes",{}]}"#,
        r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":[null,"list_notes",{}]}"#,
        r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":["list_notes"]}}"#,
        r#"{"jsonrpc":"2.0","id":1,"method":["tools/call"],"params":{"name":"list_notes"}}"#,
        r#"["2.0",1,"tools/call",{"name":"list_notes"}]"#,
        r#"{"jsonrpc":"2.0","id":1,"method":"tools/call"}"#,
        r#"{"jsonrpc":"2.0","id":1,"method":"completion/complete","params":{"ref":["ref/prompt","summarize"]}}"#,
        r#"{"jsonrpc":"2.0","id":1,"method":"subscriptions/listen","params":{"notifications":[true,true,true,["notes://1/text"]]}}"#,
        r#"{"jsonrpc":"2.0","id":1,"result":{},"method":"tools/call","params":{"name":"list_notes"}}"#,
    ])
    .await;
}

#[tokio::test]
async fn references_and_subscriptions_of_the_wrong_type_admit_none() {
    admits_none([
        r#"{"jsonrpc":"2.0","id":1,"method":"completion/complete","params":{"ref":{"type":"ref/tool","name":"list_notes"}}}"#,
        r#"{"jsonrpc":"2.0","id":1,"method":"subscriptions/listen","params":{"notifications":{"resourceSubscriptions":"notes://1/text"}}}"#,
        r#"{"jsonrpc":"2.0","id":1,"method":"subscriptions/listen","params":{"notifications":{"resourceSubscriptions":[["notes://1/text"]]}}}"#,
    ])
    .await;
}

/// A URI of 1 MiB has as many positions where a variable of the template may end. With quadratic time this takes hours.
#[tokio::test]
async fn a_long_uri_is_compared_with_templates_in_linear_time() {
    let service = axum::routing::any(async |_: Bytes| "reached");
    let app = App::with(|_| {
        McpEndpoint::new(service, scopes!("mcp"))
            .resource("notes://{+folder}/{name}", scopes!("notes:read"))
            .resource("notes://{name}.{extension}", scopes!("notes:read"))
    });
    for character in ["/", "."] {
        let uri = format!("notes://{}", character.repeat(1_000_000));
        let answer = app.post(&app.token("mcp"), &message("resources/read", &json!({ "uri": uri }))).await;
        assert_ne!(answer.text, "reached");
    }
}

/// A service may forward the request. With the length of a body that it has not, the next request would be read as the body.
#[tokio::test]
async fn a_request_without_its_body_has_no_headers_of_one_and_no_upgrade() {
    let service = axum::routing::any(async |headers: HeaderMap| {
        axum::Json(headers.keys().map(HeaderName::as_str).collect::<Vec<_>>().join(" "))
    });
    let app = App::with(|_| McpEndpoint::new(service, scopes!("mcp")));
    for method in ["GET", "DELETE", "CONNECT"] {
        let headers = ["content-encoding", "content-length", "content-type", "expect", "trailer", "upgrade"];
        let request = Request::builder().method(method).uri("/mcp").header("connection", "upgrade");
        let request = headers.iter().fold(request, |request, name| request.header(*name, "4"));
        let request = request.header("authorization", format!("Bearer {}", app.token("mcp")));
        let answer = send(&app.app, request.body(Body::from("body")).expect("a request")).await;
        let expected = if method == "CONNECT" { "" } else { r#""connection authorization""# };
        assert_eq!(answer.text, expected, "{method}");
    }
}

#[tokio::test]
async fn a_subscription_has_at_most_1024_uris() {
    let service = axum::routing::any(async |_: Bytes| "reached");
    let app = App::with(|_| McpEndpoint::new(service, scopes!("mcp")).resource("notes://{id}", scopes!()));
    for (count, status) in [(1024, 200), (1025, 400)] {
        let params = json!({ "notifications": { "resourceSubscriptions": vec!["notes://1"; count] } });
        let answer = app.post(&app.token("mcp"), &message("subscriptions/listen", &params)).await;
        assert_eq!(answer.status, status, "{}", answer.text);
    }
}

#[tokio::test]
async fn batches_admit_none() {
    let (allowed, attack) = (call("about"), call("list_notes"));
    let mut notification = attack.clone();
    notification.as_object_mut().expect("an object").remove("id");
    let many: Vec<_> = std::iter::repeat_n(allowed.clone(), 64).chain([attack.clone()]).collect();
    let batches = [
        json!([allowed, attack]),
        json!([attack, allowed]),
        json!([allowed, [attack]]),
        json!([[attack]]),
        json!([[]]),
        json!([]),
        json!([allowed, notification]),
        json!([allowed, null, attack]),
        Value::Array(many),
    ];
    admits_none(batches.map(|batch| batch.to_string())).await;
}

#[tokio::test]
async fn text_around_json_admits_none() {
    let (allowed, attack) = (message("ping", &json!({})).to_string(), call("list_notes").to_string());
    let bodies = [
        format!("{allowed}\n{attack}"),
        format!("\u{feff}{attack}"),
        format!("{attack}\u{0}"),
        format!("/* */{attack}"),
        String::new(),
        "null".to_owned(),
        "[".repeat(100_000),
        format!("{}1{}", r#"{"a":"#.repeat(10_000), "}".repeat(10_000)),
    ];
    admits_none(bodies).await;
    let app = App::new();
    // UTF-16 and broken UTF-8.
    let utf16: Vec<_> = attack.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for body in [utf16, b"{\"method\":\"tools/call\xff\"}".to_vec()] {
        assert_eq!(app.post_raw(&app.token("mcp"), body, &[]).await.status, 400);
    }
}

#[tokio::test]
async fn variants_of_a_resource_admit_none() {
    let uris = [
        "notes://1/text/",
        "Notes://1/text",
        "notes:///text",
        "notes://1/2/text",
        "notes://1/text?",
        "notes://1/text#",
        "notes://index/../1/text",
        "notes:/1/text",
        "NOTES://INDEX",
    ];
    admits_none(uris.map(|uri| message("resources/read", &json!({ "uri": uri })).to_string())).await;
    let app = App::new();
    for uri in ["notes://%31/text", "notes://1\u{200b}/text", "notes://../text"] {
        let read = message("resources/read", &json!({ "uri": uri }));
        assert_eq!(app.post(&app.token("mcp"), &read).await.status, 403, "{uri}");
    }
}

#[tokio::test]
async fn other_content_types_are_refused() {
    let app = App::new();
    let token = app.token("mcp notes:read");
    let body = call("list_notes").to_string();
    for content_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/json-patch+json",
        "application/jsonx",
        "",
    ] {
        let headers = [("content-type", content_type)];
        assert_eq!(app.send("POST", &token, body.clone(), &headers).await.status, 415, "{content_type}");
    }
    assert_eq!(app.send("POST", &token, body.clone(), &[]).await.status, 415);
    let two = [("content-type", "application/json"), ("content-type", "application/json")];
    assert_eq!(app.send("POST", &token, body.clone(), &two).await.status, 415);
    assert_eq!(app.notes.uses(), 0);
    let headers = [("content-type", "Application/JSON; charset=utf-8")];
    assert_eq!(app.send("POST", &token, body, &headers).await.status, 200);
}

#[tokio::test]
async fn oversized_bodies_are_refused() {
    let app = App::with(|notes| notes.endpoint().max_body_bytes(200));
    let token = app.token("mcp notes:read");
    let body = |length: usize| {
        let text = call("list_notes").to_string();
        let padding = " ".repeat(length - text.len());
        text + &padding
    };
    assert_eq!(app.post_raw(&token, body(200), &[]).await.status, 200);
    assert_eq!(app.post_raw(&token, body(201), &[]).await.status, 413);
    // In many chunks, without a length.
    let chunks =
        body(201).into_bytes().into_iter().map(|byte| Ok::<_, std::io::Error>(Bytes::from(vec![byte])));
    let chunked = Body::from_stream(stream::iter(chunks));
    assert_eq!(app.post_raw(&token, chunked, &[]).await.status, 413);
    let broken = Body::from_stream(stream::iter([Err::<Bytes, _>(std::io::Error::other("gone"))]));
    assert_eq!(app.post_raw(&token, broken, &[]).await.status, 400);
    assert_eq!(app.notes.uses(), 1);
}

#[tokio::test]
async fn a_message_by_another_method_does_not_reach_the_service() {
    // Unlike rmcp's, this service reads a message from each request.
    let bodies = Arc::new(Mutex::new(Vec::new()));
    let read = Arc::clone(&bodies);
    let service = axum::routing::any(async move |body: Bytes| read.lock().expect("no panic").push(body));
    let issuer = TestIssuer::new();
    let endpoint = McpEndpoint::new(service, scopes!("mcp")).resource("notes://1", scopes!("notes:read"));
    let routes = ScopedRouter::new().route_mcp("/mcp", endpoint).with_state(issuer.resource_server());
    let app = Router::from(routes);
    let authorization = format!("Bearer {}", issuer.token().scopes(["mcp"]).sign());
    let body = message("resources/read", &json!({ "uri": "notes://1" })).to_string();
    for method in ["POST", "PUT", "PATCH", "DELETE", "GET", "QUERY", "post"] {
        let request = Request::builder().method(method).uri("/mcp").header("authorization", &authorization);
        let request = request.header("content-type", "application/json").body(Body::from(body.clone()));
        send(&app, request.expect("a request")).await;
        let read = std::mem::take(&mut *bodies.lock().expect("no panic"));
        assert!(read.iter().all(Bytes::is_empty), "{method}");
    }
}
