//! Requires a recent log-in by a second factor, always or for large amounts only (RFC 9470):
//! `cargo run --example step_up --features testing`.

mod client;

use std::time::{Duration, SystemTime};

use axum::Router;
use axum::extract::Path;
use axum::http::{Request, StatusCode};
use scopes_runtime::router::{ScopedRouter, delete, post};
use scopes_runtime::testing::{TestIssuer, TestToken};
use scopes_runtime::{AccessToken, AuthError, ResourceServer, declare_scopes, requires_scopes, scopes};

use crate::client::send;

#[declare_scopes]
enum Scope {
    /// Transfer money.
    Transfer = "transfer",
    /// Close accounts.
    Close = "close",
}

#[requires_scopes("close", acr = "urn:example:mfa", max_age = 300)]
async fn close_account() {}

/// Requires more for 100 and above.
#[requires_scopes("transfer", may_require("transfer", acr = "urn:example:mfa"))]
async fn transfer(Path(amount): Path<u64>, token: AccessToken) -> Result<(), AuthError> {
    if amount < 100 { Ok(()) } else { token.require(scopes!("transfer", acr = "urn:example:mfa")) }
}

fn app(server: ResourceServer) -> Router {
    let router = ScopedRouter::new()
        .route("/account", delete(close_account))
        .route("/transfers/{amount}", post(transfer))
        .with_state(server);
    Router::from(router)
}

/// Returns a token of a log-in by a second factor, so many seconds ago.
fn with_second_factor(token: TestToken, seconds: u64) -> TestToken {
    let at = SystemTime::now() - Duration::from_secs(seconds);
    let at = at.duration_since(SystemTime::UNIX_EPOCH).expect("a time after 1970").as_secs();
    token.claim("acr", "urn:example:mfa").claim("auth_time", at)
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let issuer = TestIssuer::new();
    let app = app(issuer.resource_server());
    let bearer = |token: TestToken| format!("Bearer {}", token.sign());
    let password = issuer.token().scopes(["transfer", "close"]);

    let close = async |token: TestToken| {
        send(&app, Request::delete("/account").header("authorization", bearer(token))).await
    };
    let response = close(password.clone()).await;
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    println!("{:?}", response.headers()["www-authenticate"]);
    assert_eq!(
        response.headers()["www-authenticate"],
        "Bearer realm=\"api\", error=\"insufficient_user_authentication\", \
         acr_values=\"urn:example:mfa\", max_age=\"300\", scope=\"close\""
    );
    assert_eq!(close(with_second_factor(password.clone(), 600)).await.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(close(with_second_factor(password.clone(), 10)).await.status(), StatusCode::OK);

    let transfer = async |amount: u64, token: TestToken| {
        send(&app, Request::post(format!("/transfers/{amount}")).header("authorization", bearer(token))).await
    };
    assert_eq!(transfer(99, password.clone()).await.status(), StatusCode::OK);
    assert_eq!(transfer(100, password.clone()).await.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(transfer(100, with_second_factor(password, 600)).await.status(), StatusCode::OK);
}
