use rmcp::{tool, tool_router};
use scopes_runtime::mcp::scoped_tools;
use scopes_runtime::requires_scopes;
use scopes_tests::Scope;

struct Notes;

#[scoped_tools]
#[tool_router]
impl Notes {
    #[tool(description = "Reads notes.")]
    #[requires_scopes("items")]
    async fn read_notes(&self) {}

    #[tool(description = "Deletes a note.")]
    async fn delete_note(&self) {}
}

fn main() {
    Notes::tool_router();
    Notes::tool_access();
}

// Why: Every client of the server could use the tool.
// Fix: Add `#[requires_scopes("…")]` or `#[public]` to the method.
