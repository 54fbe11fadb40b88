//! A websocket.

use axum::extract::WebSocketUpgrade;
use axum::extract::ws::{Message, WebSocket};
use axum::http::StatusCode;
use axum::response::Response;
use futures_util::{SinkExt as _, StreamExt as _};
use scopes_runtime::router::any;
use scopes_runtime::{ScopedRouter, requires_scopes};
use scopes_tests::{Scope, bearer};
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{Error, Message as ClientMessage};

use super::listening;

#[requires_scopes("items")]
async fn echo(upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(async |mut socket: WebSocket| {
        while let Some(Ok(Message::Text(text))) = socket.recv().await {
            socket.send(Message::Text(text)).await.expect("a client that reads");
        }
    })
}

#[tokio::test]
async fn a_handshake_needs_the_scope() {
    let url = listening(ScopedRouter::new().route("/echo", any(echo))).await;
    let handshake = async |scopes: Option<&str>| {
        let url = format!("{}/echo", url.replace("http://", "ws://"));
        let mut request = url.into_client_request().expect("a URL");
        if let Some(scopes) = scopes {
            request.headers_mut().insert("authorization", bearer(scopes).parse().expect("a header"));
        }
        connect_async(request).await
    };
    for (scopes, status) in [(None, StatusCode::UNAUTHORIZED), (Some("me"), StatusCode::FORBIDDEN)] {
        let Err(Error::Http(refusal)) = handshake(scopes).await else { panic!("no refusal of {scopes:?}") };
        assert_eq!(refusal.status(), status);
        assert!(refusal.headers().contains_key("www-authenticate"));
    }
    let (mut socket, answer) = handshake(Some("items")).await.expect("a handshake");
    assert_eq!(answer.status(), StatusCode::SWITCHING_PROTOCOLS);
    socket.send(ClientMessage::text("hello")).await.expect("a server that reads");
    let echo = socket.next().await.expect("a message").expect("a message");
    assert_eq!(echo, ClientMessage::text("hello"));
}
