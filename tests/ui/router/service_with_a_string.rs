use scopes_runtime::{ResourceServer, ScopedRouter};

fn main() {
    let files = axum::Router::new();
    let _ = ScopedRouter::<ResourceServer>::new().nest_service("/files", files, "files");
}
