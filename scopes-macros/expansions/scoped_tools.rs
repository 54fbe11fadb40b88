// #[scoped_tools]
// #[tool_router]
// impl Notes {
//     /// Deletes a note.
//     #[tool(name = "delete-note")]
//     #[requires_scopes("notes:delete")]
//     async fn delete_note(&self, Parameters(note): Parameters<Id>) -> String {
//         self.delete(note)
//     }
//
//     #[cfg(feature = "about")]
//     #[tool]
//     #[public]
//     async fn about(&self) -> &'static str {
//         "notes"
//     }
// }

#[tool_router]
impl Notes {
    /// Deletes a note.
    #[tool(name = "delete-note")]
    async fn delete_note(&self, Parameters(note): Parameters<Id>) -> String {
        self.delete(note)
    }
    #[cfg(feature = "about")]
    #[tool]
    async fn about(&self) -> &'static str {
        "notes"
    }
}

impl Notes {
    /// Returns what the tools require.
    pub(crate) fn tool_access() -> ::scopes_runtime::mcp::McpAccess {
        let access = ::scopes_runtime::mcp::McpAccess::new();
        #[allow(unused_imports)]
        use requires_scopes as _;
        let access = access
            .require(
                Self::delete_note_tool_attr().name,
                {
                    const REQUIREMENT: ::scopes_runtime::Requirement = ::scopes_runtime::Requirement::all(
                        &[
                            ::scopes_runtime::Requirement::named(
                                17943858275123106763,
                                Scope!("notes:delete"[Scope] []).declared(),
                            ),
                        ],
                    );
                    REQUIREMENT
                },
            );
        #[cfg(feature = "about")]
        #[allow(unused_imports)]
        use public as _;
        #[cfg(feature = "about")]
        let access = access
            .require(
                Self::about_tool_attr().name,
                ::scopes_runtime::Requirement::ANY_VALID_TOKEN,
            );
        access
    }
}
