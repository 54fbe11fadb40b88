use axum::Json;
use axum::extract::rejection::JsonRejection;
use scopes_runtime::requires_scopes;
use scopes_tests::Scope;

#[requires_scopes("me")]
async fn handler<T>(_: Result<Json<T>, JsonRejection>) {}

fn main() {}
