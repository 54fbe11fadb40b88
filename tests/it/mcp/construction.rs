//! Mistakes that stop a server when it is built.

use scopes_runtime::mcp::McpAccess;
use scopes_runtime::{Requirement, scopes};

use super::{Notes, Scope};

fn table() -> McpAccess {
    McpAccess::new()
        .require("list_notes", scopes!("notes:read"))
        .require("add_note", scopes!("notes:write"))
        .require("delete-notes", scopes!("notes:delete"))
}

fn endpoint(access: McpAccess) {
    let _ = scopes_runtime::mcp::McpEndpoint::new((), Requirement::ANY_VALID_TOKEN)
        .tools(&Notes::tool_router(), access);
}

#[test]
fn a_complete_table_is_accepted() {
    endpoint(table().public("about"));
    endpoint(McpAccess::new().public("about").merge(table()));
    endpoint(Notes::tool_access());
}

#[test]
#[should_panic(
    expected = "the tool `about` has no requirement: add `#[requires_scopes(…)]` or `#[public]` to its method, or its name to \
                the table"
)]
fn a_tool_without_a_requirement_stops_the_server() {
    endpoint(table());
}

#[test]
#[should_panic(expected = "the table has a requirement for the tool `abuot`, which the server does not have")]
fn a_requirement_without_a_tool_stops_the_server() {
    endpoint(table().public("about").public("abuot"));
}

#[test]
#[should_panic(expected = "`about` is in the table twice")]
fn a_tool_with_two_requirements_stops_the_server() {
    endpoint(table().public("about").merge(McpAccess::new().public("about")));
}

#[test]
#[should_panic(expected = "the resource `notes://index` is declared twice")]
fn a_resource_with_two_requirements_stops_the_server() {
    let _ = Notes::default().endpoint().resource("notes://index", Requirement::ANY_VALID_TOKEN);
}

#[test]
#[should_panic(expected = "only `{name}` and `{+name}` are supported")]
fn an_unsupported_template_stops_the_server() {
    let _ = Notes::default().endpoint().resource("notes://{?page}", Requirement::ANY_VALID_TOKEN);
}
