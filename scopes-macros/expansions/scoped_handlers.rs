// #[scoped_handlers]
// impl Notes {
//     /// Deletes a note.
//     #[requires_scopes("notes:delete")]
//     async fn delete(State(notes): State<Self>, Path(id): Path<u64>) -> StatusCode {
//         notes.remove(id)
//     }
// }

impl Notes {
    /// Deletes a note.
    async fn delete(
        _: ::scopes_runtime::Authorized<__operation_Notes_delete>,
        State(notes): State<Self>,
        Path(id): Path<u64>,
    ) -> StatusCode {
        notes.remove(id)
    }
}

const _: () = {
    #[allow(unused_imports)]
    use requires_scopes as _;
};

#[doc(hidden)]
enum __operation_Notes_delete {}

impl ::scopes_runtime::__private::HandlerInfo for __operation_Notes_delete {
    const SOURCE: ::scopes_runtime::__private::HandlerSource = {
        use ::scopes_runtime::__private::NoDescription as _;
        ::scopes_runtime::__private::HandlerSource {
            name: "delete",
            module: ::core::concat!(::core::module_path!(), "::", "Notes"),
            documentation: "Deletes a note.",
            deprecated: false,
            arguments: &[
                ::scopes_runtime::__private::DescriptionOf::<
                    Path<u64>,
                >::__SCOPES_PATH_VALUE,
            ],
            output: ::scopes_runtime::__private::DescriptionOf::<
                StatusCode,
            >::__SCOPES_RESPONSE,
        }
    };
    const READS_CONTEXT: bool = {
        use ::scopes_runtime::__private::NoRequirement as _;
        ::scopes_runtime::__private::any_of(
            &[
                ::scopes_runtime::__private::RequirementOf::<
                    State<Notes>,
                >::__SCOPES_READS_CONTEXT,
                ::scopes_runtime::__private::RequirementOf::<
                    Path<u64>,
                >::__SCOPES_READS_CONTEXT,
            ],
        )
    };
}

#[allow(unexpected_cfgs)]
impl ::scopes_runtime::__private::ScopedOperation for __operation_Notes_delete {
    const REQUIREMENT: ::scopes_runtime::Requirement = {
        #[cfg(rust_analyzer)]
        const _: () = {
            Scope! {
                "notes:delete"[use Scope] [as __scope_0;]
            }
            let _ = __scope_0;
        };
        use ::scopes_runtime::__private::NoRequirement as _;
        ::scopes_runtime::Requirement::all(
            &[
                ::scopes_runtime::Requirement::named(
                    "notes:delete",
                    Scope!("notes:delete"[Scope] []).declared(),
                ),
                ::scopes_runtime::__private::RequirementOf::<
                    State<Notes>,
                >::__SCOPES_REQUIREMENT,
                ::scopes_runtime::__private::RequirementOf::<
                    Path<u64>,
                >::__SCOPES_REQUIREMENT,
            ],
        )
    };
}

const _: ::scopes_runtime::Requirement = <__operation_Notes_delete as ::scopes_runtime::__private::ScopedOperation>::REQUIREMENT;
