use scopes_runtime::authenticated_by;

struct Page;

#[authenticated_by(Page)]
async fn prices(_: axum::http::HeaderMap) {}

fn main() {}

// Fix: implement `CredentialExtractor` for the type.
