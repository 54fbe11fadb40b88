//! Requests as bytes over a connection, which HTTP libraries do not send.

use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use scopes_runtime::router::get;
use scopes_runtime::testing::TestIssuer;
use scopes_runtime::{ScopedRouter, requires_scopes};
use scopes_tests::{Scope, listen};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

#[requires_scopes("items")]
async fn items() -> &'static str {
    "items"
}

struct Server {
    address: String,
    issuer: TestIssuer,
}

impl Server {
    async fn start() -> Self {
        let issuer = TestIssuer::new();
        let (listener, url) = listen().await;
        let router = ScopedRouter::new().route("/items", get(items)).with_state(issuer.resource_server());
        tokio::spawn(async { axum::serve(listener, Router::from(router)).await });
        Self { address: url.replace("http://", ""), issuer }
    }

    /// Returns the status of the response, or `None` if the server closes the connection.
    async fn send(&self, head: &[u8]) -> Option<u16> {
        let exchange = async {
            let mut stream = TcpStream::connect(&self.address).await.expect("a connection");
            // The server may close the connection before it has read all.
            let _ = stream
                .write_all(
                    &[b"GET /items HTTP/1.1\r\nHost: a\r\nConnection: close\r\n", head, b"\r\n"].concat(),
                )
                .await;
            let mut answer = Vec::new();
            let _ = stream.read_to_end(&mut answer).await;
            String::from_utf8_lossy(&answer).split(' ').nth(1).and_then(|status| status.parse().ok())
        };
        timeout(Duration::from_secs(20), exchange).await.expect("an answer in time")
    }
}

#[tokio::test]
async fn every_attack_is_refused_over_a_connection() {
    let server = Server::start().await;
    let good = server.issuer.token().scopes(["items"]).sign();
    assert_eq!(server.send(format!("Authorization: Bearer {good}\r\n").as_bytes()).await, Some(200));
    for attack in server.issuer.attacks() {
        let mut head = Vec::new();
        for (name, value) in attack.headers() {
            head.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
        }
        let is_too_large = head.len() > 300 * 1024;
        let status = server.send(&head).await;
        let too_large = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE.as_u16();
        let is_refused = status == Some(attack.status().as_u16())
            || is_too_large && status.is_none_or(|status| status == too_large);
        assert!(is_refused, "{}: {status:?}", attack.name());
    }
}

#[tokio::test]
async fn malformed_headers_are_refused_over_a_connection() {
    let server = Server::start().await;
    let token = server.issuer.token().scopes(["items"]).sign();
    let (half, rest) = token.split_at(20);
    let cases: [(&str, String, Option<u16>); 14] = [
        ("folded after the scheme", format!("Authorization: Bearer\r\n {token}\r\n"), Some(400)),
        ("folded with a tab", format!("Authorization: Bearer\r\n\t{token}\r\n"), Some(400)),
        ("folded within the token", format!("Authorization: Bearer {half}\r\n {rest}\r\n"), Some(400)),
        ("folded before the value", format!("Authorization:\r\n Bearer {token}\r\n"), Some(400)),
        ("a NUL after the token", format!("Authorization: Bearer {token}\0\r\n"), Some(400)),
        ("a NUL before the token", format!("Authorization: Bearer \0{token}\r\n"), Some(400)),
        ("a carriage return alone", format!("Authorization: Bearer {token}\rX: y\r\n"), Some(400)),
        ("a delete character", format!("Authorization: Bearer {token}\x7f\r\n"), Some(400)),
        ("a space before the colon", format!("Authorization : Bearer {token}\r\n"), Some(400)),
        ("a space before the name", format!(" Authorization: Bearer {token}\r\n"), Some(400)),
        ("no colon", format!("Authorization Bearer {token}\r\n"), Some(400)),
        ("an underscore for a letter", format!("Authori_ation: Bearer {token}\r\n"), Some(401)),
        (
            "two lines in two cases",
            format!("Authorization: Bearer {token}\r\nAUTHORIZATION: Bearer {token}\r\n"),
            Some(400),
        ),
        ("a tab before the scheme and none after", format!("Authorization:\tBearer\t{token}\r\n"), Some(400)),
    ];
    for (name, head, status) in cases {
        assert_eq!(server.send(head.as_bytes()).await, status, "{name}");
    }
}

/// Whitespace around a value is not part of it (RFC 9110 section 5.5), and names are case-insensitive.
#[tokio::test]
async fn header_case_and_surrounding_whitespace_do_not_matter() {
    let server = Server::start().await;
    let token = server.issuer.token().scopes(["items"]).sign();
    for head in [
        format!("authorization: Bearer {token}\r\n"),
        format!("AUTHORIZATION:bearer {token}\r\n"),
        format!("Authorization: \t Bearer {token} \t \r\n"),
    ] {
        assert_eq!(server.send(head.as_bytes()).await, Some(200), "{head}");
    }
}
