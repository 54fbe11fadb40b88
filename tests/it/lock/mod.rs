//! The lock file is written and compared, and its test reports changes.

mod changes;
mod file;
mod process;
mod requirements;

use std::fs;
use std::path::PathBuf;

use scopes_runtime::router::{any, get};
use scopes_runtime::{AccessToken, ResourceServer, ScopedRouter, public, requires_scopes};
use scopes_tests::Scope;

const DIRECTORY: &str = env!("CARGO_TARGET_TMPDIR");

#[requires_scopes("items", "me")]
async fn both() {}

#[requires_scopes("me")]
async fn me() {}

#[requires_scopes]
async fn authenticated() {}

#[public]
async fn open() {}

#[public]
async fn greet(_: Option<AccessToken>) {}

#[requires_scopes(any("items:write", "me"))]
async fn either() {}

type Router = ScopedRouter<ResourceServer>;

/// Returns the path of a file of one test, and deletes the file.
fn fresh(name: &str) -> PathBuf {
    let path = PathBuf::from(DIRECTORY).join(name);
    let _ = fs::remove_file(&path);
    path
}

const LOCK: &str = r"# The access report of the router. A test compares the two, and fails where
# they differ. `UPDATE_SCOPES_LOCK=1 cargo test` accepts a change; do not edit this by hand.

GET /
  any valid token

* /any
  requires items:write
  or me

GET /health
  public

POST /health
  public, optional token

GET /items
  requires items me
    accepts items:write for items
";

fn router() -> Router {
    ScopedRouter::new()
        .route("/items", get(both))
        .route("/health", get(open).post(greet))
        .route("/any", any(either))
        .route("/", get(authenticated))
}
