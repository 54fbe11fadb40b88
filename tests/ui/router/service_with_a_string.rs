use scopes_runtime::{ResourceServer, ScopedRouter};

fn main() {
    let files = axum::Router::new();
    let _ = ScopedRouter::<ResourceServer>::new().nest_service("/files", files, "files");
}

// Fix: write the requirement with `scopes!`, or a `ServiceAccess` with the reason why nothing is checked.
