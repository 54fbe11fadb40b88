#![deny(dead_code)]

use axum::Router;
use axum::routing::get;
use scopes_runtime::{declare_scopes, requires_scopes, ResourceServer};

#[declare_scopes]
enum Scope {
    /// Read information about the current user.
    Me = "me",
    /// Read items.
    Items = "items",
}

#[requires_scopes("me")]
async fn me() {}

fn main() {
    let _: Router<ResourceServer> = Router::new().route("/me", get(me));
    let _ = "items".parse::<Scope>();
}

// Fix: require the scope, or remove it.
