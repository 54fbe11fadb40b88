#![deny(dead_code)]

use axum::Router;
use axum::routing::get;
use scopes_runtime::{ResourceServer, declare_scopes, requires_scopes};

#[declare_scopes]
enum Scope {
    /// Read information about the current user.
    Me = "me",
    /// Everything.
    #[implies(Me)]
    Admin = "admin",
    /// Nothing.
    Nothing = "nothing",
}

#[requires_scopes("me")]
async fn me() {}

fn main() {
    let _: Router<ResourceServer> = Router::new().route("/me", get(me));
}

// Why: A scope that implies another one is used by tokens, so it is not reported.
// Fix: require the scope, or remove it.
