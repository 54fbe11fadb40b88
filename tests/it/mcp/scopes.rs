//! What messages need, and how they are refused.

use scopes_tests::Answer;
use serde_json::{Value, json};

use super::{App, call, message};

fn challenge(answer: &Answer) -> (u16, &str) {
    (answer.status.as_u16(), answer.challenge().unwrap_or_default())
}

fn text(answer: &Answer) -> Value {
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json()["result"]["content"][0]["text"].clone()
}

#[tokio::test]
async fn a_tool_needs_its_scopes_and_those_of_the_endpoint() {
    let app = App::new();
    let answer = app.post(&app.token("mcp notes:read"), &call("list_notes")).await;
    assert_eq!(text(&answer), "the notes of alice");
    assert_eq!(
        text(&app.post(&app.token("mcp notes:write"), &call("list_notes")).await),
        "the notes of alice"
    );
    assert_eq!(text(&app.post(&app.token("mcp notes:write"), &call("add_note")).await), "Foo");
    assert_eq!(text(&app.post(&app.token("mcp"), &call("about")).await), "notes");
    assert_eq!(app.notes.uses(), 4);
}

#[tokio::test]
async fn a_refusal_names_all_scopes_that_the_call_needs() {
    let app = App::new();
    let metadata = "resource_metadata=\"https://notes.example/.well-known/oauth-protected-resource/mcp\"";
    for (scopes, tool, expected) in [
        ("mcp", "list_notes", "mcp notes:read"),
        ("", "list_notes", "mcp notes:read"),
        ("notes:read", "list_notes", "mcp notes:read"),
        ("mcp notes:read", "add_note", "mcp notes:write"),
        ("mcp notes:write", "delete-notes", "mcp notes:delete"),
        ("notes:admin", "about", "mcp"),
    ] {
        let answer = app.post(&app.token(scopes), &call(tool)).await;
        let expected =
            format!("Bearer realm=\"api\", error=\"insufficient_scope\", scope=\"{expected}\", {metadata}");
        assert_eq!(challenge(&answer), (403, &*expected), "{scopes}: {tool}");
        assert_eq!(answer.json()["error"], "insufficient_scope");
    }
    assert_eq!(app.notes.uses(), 0);
}

#[tokio::test]
async fn without_a_valid_token_the_body_is_not_read() {
    let app = App::new();
    for body in [call("list_notes").to_string(), "{".to_owned(), "x".repeat(2 * 1024 * 1024)] {
        let answer = app.post_raw("bad", body, &[]).await;
        assert_eq!(answer.status, 401);
        assert!(answer.challenge().is_some_and(|challenge| challenge.contains("scope=\"mcp\"")));
    }
    // A token that lacks the endpoint's scope learns nothing about its body.
    for body in ["{", "[]", r#"{"method":1}"#] {
        assert_eq!(app.post_raw(&app.token("notes:read"), body, &[]).await.status, 403, "{body}");
        assert_eq!(app.post_raw(&app.token("mcp"), body, &[]).await.status, 400, "{body}");
    }
}

#[tokio::test]
async fn messages_that_use_no_item_need_the_endpoint_alone() {
    let app = App::new();
    let messages = [
        message("ping", &json!({})),
        json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": 1 } }),
        json!({ "jsonrpc": "2.0", "id": 1, "result": {} }),
        json!({ "jsonrpc": "2.0", "id": 1, "error": { "code": 1, "message": "no" } }),
    ];
    for message in &messages {
        assert_eq!(app.post(&app.token("notes:read"), message).await.status, 403, "{message}");
        let answer = app.post(&app.token("mcp"), message).await;
        assert_eq!(answer.challenge(), None, "{message}");
        assert_ne!(answer.status, 403, "{message}");
    }
    for method in ["GET", "DELETE", "PUT"] {
        assert_eq!(app.send(method, &app.token("notes:read"), "", &[]).await.status, 403, "{method}");
        assert_eq!(app.send(method, &app.token("mcp"), "", &[]).await.status, 405, "{method}");
    }
}

#[tokio::test]
async fn a_notification_that_names_a_tool_needs_its_scopes() {
    let app = App::new();
    let mut notification = call("list_notes");
    notification.as_object_mut().expect("an object").remove("id");
    assert_eq!(app.post(&app.token("mcp"), &notification).await.status, 403);
}

#[tokio::test]
async fn prompts_resources_completions_and_subscriptions_need_scopes() {
    let app = App::new();
    let text = "notes://1/text";
    let messages = [
        message("prompts/get", &json!({ "name": "summarize" })),
        message("resources/read", &json!({ "uri": text })),
        message("resources/subscribe", &json!({ "uri": text })),
        message("resources/directory/read", &json!({ "uri": text })),
        message("skills/get", &json!({ "uri": text })),
        message("subscriptions/listen", &json!({ "notifications": { "resourceSubscriptions": [text] } })),
        message(
            "completion/complete",
            &json!({ "ref": { "type": "ref/prompt", "name": "summarize" }, "argument": { "name": "a", "value": "" } }),
        ),
        message(
            "completion/complete",
            &json!({ "ref": { "type": "ref/resource", "uri": "notes://{id}/text" }, "argument": { "name": "id", "value": "" } }),
        ),
    ];
    for message in &messages {
        let refused = app.post(&app.token("mcp"), message).await;
        assert_eq!(refused.status, 403, "{message}");
        assert!(refused.challenge().is_some_and(|challenge| challenge.contains("scope=\"mcp notes:read\"")));
        assert_ne!(app.post(&app.token("mcp notes:read"), message).await.status, 403, "{message}");
    }
    let answer = app.post(&app.token("mcp notes:read"), &messages[1]).await;
    assert_eq!(answer.json()["result"]["contents"][0]["text"], "of alice");
    let index = message("resources/read", &json!({ "uri": "notes://index" }));
    assert_eq!(app.post(&app.token("mcp"), &index).await.status, 200);
}

#[tokio::test]
async fn what_is_not_declared_does_not_exist() {
    let app = App::new();
    let before = app.notes.uses();
    for (message, error) in [
        (call("undeclared"), "tool not found"),
        (message("prompts/get", &json!({ "name": "undeclared" })), "prompt not found"),
        (message("resources/read", &json!({ "uri": "notes://undeclared" })), "resource not found"),
    ] {
        assert_eq!(app.post(&app.token("notes:read"), &message).await.status, 403);
        let answer = app.post(&app.token("mcp notes:read"), &message).await;
        assert_eq!(answer.status, 200);
        let expected = json!({ "jsonrpc": "2.0", "id": 7, "error": { "code": -32602, "message": error } });
        assert_eq!(answer.json(), expected);
    }
    assert_eq!(app.notes.uses(), before);
}

#[tokio::test]
async fn a_refusal_inside_of_a_tool_is_a_json_rpc_error_that_names_the_scopes() {
    let app = App::new();
    let answer = app.post(&app.token("mcp notes:delete"), &call("delete-notes")).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json()["error"]["code"], -32600);
    assert_eq!(answer.json()["error"]["data"]["error"], "insufficient_scope");
    let scope = answer.json()["error"]["data"]["scope"].clone();
    assert!(scope.as_str().is_some_and(|scope| scope.contains("notes:admin")), "{scope}");
    let token = app.token("mcp notes:delete notes:admin");
    assert_eq!(text(&app.post(&token, &call("delete-notes")).await), "deleted");
}

#[tokio::test]
async fn a_batch_needs_the_scopes_of_all_its_messages_in_one_challenge() {
    let app = App::new();
    let batch =
        json!([message("ping", &json!({})), call("list_notes"), call("add_note"), call("list_notes")]);
    let refused = app.post(&app.token("mcp notes:read"), &batch).await;
    // `notes:write` implies `notes:read`.
    assert!(refused.challenge().is_some_and(|challenge| challenge.contains("scope=\"mcp notes:write\"")));
    assert_eq!(refused.status, 403);
    let batch = json!([call("list_notes"), call("delete-notes")]);
    let refused = app.post(&app.token("mcp notes:read"), &batch).await;
    assert!(
        refused
            .challenge()
            .is_some_and(|challenge| challenge.contains("scope=\"mcp notes:delete notes:read\""))
    );
    // rmcp accepts no batches.
    assert_eq!(app.post(&app.token("mcp notes:read notes:delete"), &batch).await.status, 415);
    let unknown = json!([call("list_notes"), call("undeclared")]);
    assert_eq!(app.post(&app.token("mcp notes:read"), &unknown).await.status, 400);
}
