//! Names of members that a server may take for those which the router reads. Go's `encoding/json` matches names without regard
//! to case, also `ſ` and the Kelvin sign, and the last spelling wins (CVE-2026-27896). One version of the Go SDK ignored U+0000.

use axum::body::Bytes;
use scopes_runtime::mcp::McpEndpoint;
use scopes_runtime::{Requirement, scopes};
use scopes_tests::Answer;
use serde_json::json;

use super::{App, Scope, message};

/// Sends a body with a token that lacks `notes:delete`.
async fn post(body: &str) -> Answer {
    let service = axum::routing::any(async |_: Bytes| "reached");
    let app = App::with(|_| {
        McpEndpoint::new(service, scopes!("mcp"))
            .tool("about", Requirement::ANY_VALID_TOKEN)
            .tool("delete", scopes!("notes:delete"))
            .prompt("p", Requirement::ANY_VALID_TOKEN)
            .resource("notes://{id}", Requirement::ANY_VALID_TOKEN)
    });
    app.post_raw(&app.token("mcp"), body.to_owned(), &[]).await
}

async fn are_malformed(bodies: &[&str]) {
    for body in bodies {
        let answer = post(body).await;
        assert_eq!(answer.status, 400, "{body}: {}", answer.text);
        assert!(answer.text.contains("case"), "{body}: {}", answer.text);
    }
}

#[tokio::test]
async fn other_spellings_of_members_of_a_message_are_malformed() {
    are_malformed(&[
        r#"{"jsonrpc":"2.0","id":1,"Method":"tools/call","params":{"name":"delete"}}"#,
        r#"{"jsonrpc":"2.0","id":1,"method\u0000":"tools/call","params":{"name":"delete"}}"#,
        r#"{"jsonrpc":"2.0","id":1,"method":"ping","Method":"tools/call","params":{"name":"delete"}}"#,
        r#"{"jsonrpc":"2.0","id":1,"method":"ping","\u004dETHOD":"tools/call","params":{"name":"delete"}}"#,
        r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"about"},"Params":{"name":"delete"}}"#,
        r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"about"},"paramſ":{"name":"delete"}}"#,
        r#"{"jsonrpc":"2.0","id":1,"ID":2,"method":"ping"}"#,
        r#"[{"jsonrpc":"2.0","id":1,"method":"ping"},{"jsonrpc":"2.0","id":2,"Method":"tools/list"}]"#,
    ])
    .await;
}

#[tokio::test]
async fn other_spellings_of_members_that_name_an_item_are_malformed() {
    are_malformed(&[
        r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"about","Name":"delete"}}"#,
        r#"[{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"about","\u0000NAME":"delete"}}]"#,
        r#"{"jsonrpc":"2.0","id":1,"method":"prompts/get","params":{"name":"p","nAme":"q"}}"#,
        r#"{"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"uri":"notes://1","URI":"notes://2/3"}}"#,
        r#"{"jsonrpc":"2.0","id":1,"method":"completion/complete","params":{"ref":{"type":"ref/prompt","name":"p"},"Ref":{}}}"#,
        r#"{"jsonrpc":"2.0","id":1,"method":"completion/complete","params":{"ref":{"type":"ref/prompt","Type":"","name":"p"}}}"#,
        r#"{"jsonrpc":"2.0","id":1,"method":"completion/complete","params":{"ref":{"type":"ref/prompt","name":"p","Name":"q"}}}"#,
        r#"{"jsonrpc":"2.0","id":1,"method":"subscriptions/listen","params":{"notifications":{},"notificationſ":{}}}"#,
        r#"{"jsonrpc":"2.0","id":1,"method":"subscriptions/listen","params":{"notifications":{"resourcesubscriptions":[]}}}"#,
    ])
    .await;
}

#[tokio::test]
async fn members_that_the_router_does_not_read_have_any_name() {
    let messages = [
        json!({ "jsonrpc": "2.0", "id": 1, "result": { "Method": "", "Name": "" }, "Extension": 1, "extension": 2 }),
        message("tools/call", &json!({ "name": "about", "arguments": { "Name": "x", "name\0": "y" } })),
        message(
            "tools/call",
            &json!({ "name": "about", "_meta": { "Method": "x" }, "Uri": "x", "_Meta": 1 }),
        ),
        message("example/own", &json!({ "Name": "x", "name": "y", "Notifications": {} })),
    ];
    for message in messages {
        assert_eq!(post(&message.to_string()).await.text, "reached", "{message}");
    }
}
