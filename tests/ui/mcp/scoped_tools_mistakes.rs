use rmcp::{tool, tool_router};
use scopes_runtime::mcp::scoped_tools;
use scopes_runtime::{public, requires_scopes};
use scopes_tests::Scope;

struct Notes;

#[scoped_tools]
#[tool_router]
impl Notes {
    #[tool]
    #[requires_scopes("itmes")]
    async fn undeclared(&self) {}

    #[tool]
    #[requires_scopes("items")]
    #[public]
    async fn both(&self) {}

    #[tool]
    #[public]
    async fn correct(&self) {}

    #[requires_scopes("items")]
    async fn not_a_tool(&self) {}
}

#[scoped_tools("x")]
#[tool_router(router = others)]
impl Files {
    #[tool]
    #[public]
    async fn other(&self) {}
}

#[scoped_tools]
async fn not_a_block() {}

fn main() {}

struct Files;
