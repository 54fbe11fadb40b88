use scopes_runtime::router::get;
use scopes_runtime::{ResourceServer, ScopedRouter, public};

#[public]
async fn health() {}

fn main() {
    let _ = ScopedRouter::<ResourceServer>::new().route("/health", get(health()));
}

// Why: The call lacks the guard, which the attribute adds as the first argument, and its value is a future. The compiler checks the call and the argument of `get` separately.
// Fix: pass the function: `get(health)`.
