//! Refusals that would repeat the value of a parameter many times.

use axum::Router;
use scopes_runtime::router::{ScopedRouter, get};
use scopes_runtime::testing::TestIssuer;
use scopes_runtime::{declare_scopes, requires_scopes};
use scopes_tests::call;

#[declare_scopes]
enum Scope {
    /// Read a.
    A = "a:{org}",
    /// Read b.
    B = "b:{org}",
    /// Read c.
    C = "c:{org}",
    /// Read d.
    D = "d:{org}",
    /// Read e.
    E = "e:{org}",
    /// Read f.
    F = "f:{org}",
    /// Read g.
    G = "g:{org}",
    /// Read h.
    H = "h:{org}",
}

/// Has 16 alternatives of four scopes.
#[requires_scopes(
    any("a:{org}", "b:{org}"),
    any("c:{org}", "d:{org}"),
    any("e:{org}", "f:{org}"),
    any("g:{org}", "h:{org}")
)]
async fn read() {}

#[tokio::test]
async fn the_alternatives_in_a_body_have_at_most_16_kib() {
    let issuer = TestIssuer::new();
    let router = ScopedRouter::new().route("/orgs/{org}", get(read)).with_state(issuer.resource_server());
    let app = Router::from(router);
    for (length, listed) in [(3, Some(16)), (253, Some(16)), (254, None)] {
        let answer = call(&app, "GET", &format!("/orgs/{}", "a".repeat(length)), None).await;
        let alternatives = answer.json().get("alternatives").map(|all| all.as_array().expect("a list").len());
        assert_eq!(answer.status, 401);
        assert_eq!(alternatives, listed, "{length}: {}", answer.text);
    }
}
