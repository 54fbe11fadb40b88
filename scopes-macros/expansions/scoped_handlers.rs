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

const __operation_Notes_delete_source: ::scopes_runtime::__private::HandlerSource = {
    use ::scopes_runtime::__private::type_constants::*;
    ::scopes_runtime::__private::HandlerSource::scoped(
        ::scopes_runtime::Requirement::named(
            17943858275123106763,
            Scope!("notes:delete"[Scope] []).declared(),
        ),
        &[
            <__RequirementOf<State<Notes>>>::__SCOPES_REQUIREMENT,
            <__RequirementOf<Path<u64>>>::__SCOPES_REQUIREMENT,
        ],
        &[
            <__DescriptionOf<Path<u64>>>::__SCOPES_PATH_VALUE,
            <__DescriptionOf<StatusCode>>::__SCOPES_RESPONSE,
        ],
        "Deletes a note.",
        { ::core::concat!(::core::module_path!(), "::Notes::delete") },
    )
};

impl ::scopes_runtime::__private::HandlerInfo for __operation_Notes_delete {
    const SOURCE: ::scopes_runtime::__private::HandlerSource = __operation_Notes_delete_source;
}
