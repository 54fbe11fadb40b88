use axum::Router;
use scopes_runtime::{ScopedRouter, scopes};
use scopes_tests::Scope;

fn main() {
    let files = Router::new();
    let _ = ScopedRouter::<()>::new().nest_service("/files", files, scopes!("items"));
}
