use rmcp::{tool, tool_router};
use scopes_runtime::requires_scopes;

struct Notes;

#[tool_router]
impl Notes {
    #[tool]
    #[requires_scopes]
    async fn read_notes(&self) {}
}

fn main() {
    Notes::tool_router();
}
