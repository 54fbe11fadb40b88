//! Lists in responses that the router cannot read. They are not shown, because it cannot remove what the token may not use.

use std::convert::Infallible;
use std::future::ready;

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use axum::http::{HeaderName, StatusCode};
use axum::response::Response;
use scopes_runtime::mcp::McpEndpoint;
use scopes_runtime::scopes;
use serde_json::{Value, json};
use tower::service_fn;

use super::{App, Notes, Scope, message};

/// The lists: the method, the member of the result, and an entry that needs `notes:read`.
fn lists() -> [(&'static str, &'static str, Value); 4] {
    [
        ("tools/list", "tools", json!({ "name": "list_notes" })),
        ("prompts/list", "prompts", json!({ "name": "summarize" })),
        ("resources/list", "resources", json!({ "uri": "notes://1/text" })),
        ("resources/templates/list", "resourceTemplates", json!({ "uriTemplate": "notes://{id}/text" })),
    ]
}

fn list(member: &str, entry: &Value) -> String {
    json!({ "jsonrpc": "2.0", "id": 7, "result": { member: [entry] } }).to_string()
}

/// An endpoint whose service always responds with this.
fn responding(status: StatusCode, headers: &[(HeaderName, &str)], body: impl Into<Vec<u8>>) -> App {
    let (headers, body) =
        (headers.iter().map(|(name, value)| (name.clone(), (*value).to_owned())), body.into());
    let headers: Vec<_> = headers.collect();
    let service = service_fn(move |_: Request| {
        let mut response = Response::builder().status(status);
        for (name, value) in &headers {
            response = response.header(name, value);
        }
        ready(Ok::<_, Infallible>(response.body(Body::from(body.clone())).expect("a response")))
    });
    App::with(|_| {
        McpEndpoint::new(service, scopes!("mcp"))
            .tools(&Notes::tool_router(), Notes::tool_access())
            .prompts(&Notes::prompt_router(), Notes::prompt_access())
            .resource("notes://{id}/text", scopes!("notes:read"))
    })
}

/// Returns the status and the text of the response to a token of `mcp`.
async fn answer(app: &App, method: &str) -> (u16, String) {
    let answer = app.post(&app.token("mcp"), &message(method, &json!({}))).await;
    (answer.status.as_u16(), answer.text)
}

#[tokio::test]
async fn a_list_with_a_content_encoding_is_not_shown() {
    for (method, member, entry) in lists() {
        let list = list(member, &entry);
        let event = format!("data: {list}\n\n");
        for (content_type, body) in [
            ("application/json", &list),
            ("Application/JSON; charset=utf-8", &list),
            ("text/event-stream", &event),
            ("text/event-stream;charset=utf-8", &event),
        ] {
            for encoding in ["gzip", "GZIP", "x-gzip", "br", "zstd", "deflate", "identity", "gzip, br", ""] {
                let headers = [(CONTENT_TYPE, content_type), (CONTENT_ENCODING, encoding)];
                let app = responding(StatusCode::OK, &headers, body.clone());
                let empty = (500, String::new());
                assert_eq!(answer(&app, method).await, empty, "{method} {content_type} {encoding}");
            }
        }
        let read = responding(StatusCode::OK, &[(CONTENT_TYPE, "application/json")], list);
        let (status, text) = answer(&read, method).await;
        assert_eq!((status, text.contains(&format!("{member:?}:[]"))), (200, true), "{text}");
    }
}

#[tokio::test]
async fn a_list_in_a_body_that_cannot_be_parsed_is_not_shown() {
    for (method, member, entry) in lists() {
        let list = list(member, &entry);
        let nested =
            format!(r#"{},"deep":{}{}}}"#, &list[..list.len() - 1], "[".repeat(200), "]".repeat(200));
        let of_result = |members: &str| format!(r#"{{"jsonrpc":"2.0","id":7,{members}}}"#);
        let bodies = [
            list[..list.len() - 1].to_owned(),
            format!("{list}}}"),
            format!("{list}\n{list}"),
            format!("\u{feff}{list}"),
            format!("/* */{list}"),
            format!("data: {list}\n\n"),
            format!("{},\"id\":NaN}}", &list[..list.len() - 1]),
            nested,
            // Readers that take the first of two members, or the entries of both, would see it.
            of_result(&format!(r#""result":{{"{member}":[{entry}]}},"result":{{}}"#)),
            of_result(&format!(r#""result":{{"{member}":[{entry}],"{member}":null}}"#)),
            of_result(&format!(r#""result":{{"{member}":[{entry}]}},"\u0072esult":1"#)),
        ];
        let invalid = [list.as_bytes(), b"\xff"].concat();
        let utf16: Vec<_> = list.encode_utf16().flat_map(u16::to_le_bytes).collect();
        for body in bodies.map(String::into_bytes).into_iter().chain([invalid, utf16]) {
            let shown = String::from_utf8_lossy(&body).into_owned();
            let app = responding(StatusCode::OK, &[(CONTENT_TYPE, "application/json")], body.clone());
            assert_eq!(answer(&app, method).await, (500, String::new()), "{shown}");
            // In a stream, the event is omitted.
            let stream = [b"data: ", &*body, b"\n\ndata: 1\n\n"].concat();
            if !shown.contains('\n') {
                let app = responding(StatusCode::OK, &[(CONTENT_TYPE, "text/event-stream")], stream);
                let seen = answer(&app, method).await;
                assert_eq!(seen, (200, "data: 1\n\n".to_owned()), "{shown}");
            }
        }
    }
}

#[tokio::test]
async fn a_list_in_a_body_of_another_type_is_not_shown() {
    for (method, member, entry) in lists() {
        let list = list(member, &entry);
        let other = [
            &[][..],
            &["text/plain"],
            &["text/json"],
            &["application/jsonl"],
            &["application/mcp+json"],
            &["application/json, text/plain"],
            &["text/plain", "application/json"],
            &["application/json", "text/event-stream"],
            &["text/event-stream", "application/json"],
        ];
        for types in other {
            let headers: Vec<_> = types.iter().map(|content_type| (CONTENT_TYPE, *content_type)).collect();
            let app = responding(StatusCode::OK, &headers, format!("{list}\n\n"));
            assert_eq!(answer(&app, method).await, (500, String::new()), "{method} {types:?}");
        }
        // Responses without a list.
        let text = [(CONTENT_TYPE, "text/plain")];
        let refused = responding(StatusCode::NOT_ACCEPTABLE, &text, "Not acceptable");
        assert_eq!(answer(&refused, method).await, (406, "Not acceptable".to_owned()));
        assert_eq!(answer(&responding(StatusCode::ACCEPTED, &[], ""), method).await, (202, String::new()));
    }
}
