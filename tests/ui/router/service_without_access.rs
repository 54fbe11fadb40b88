use axum::Router;
use scopes_runtime::ScopedRouter;

fn main() {
    let files = Router::new();
    let _ = ScopedRouter::<()>::new().nest_service("/files", files);
}
