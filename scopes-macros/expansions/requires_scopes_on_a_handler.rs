// /// Returns the items of the current user.
// #[requires_scopes("items")]
// async fn read_own_items(user: CurrentUser) -> Json<Vec<String>> {
//     Json(vec![format!("an item of {}", user.name)])
// }

/// Returns the items of the current user.
async fn read_own_items(
    _: ::scopes_runtime::Authorized<__operation_read_own_items>,
    user: CurrentUser,
) -> Json<Vec<String>> {
    Json(vec![format!("an item of {}", user.name)])
}

#[doc(hidden)]
enum __operation_read_own_items {}

const __operation_read_own_items_source: ::scopes_runtime::__private::HandlerSource = {
    use ::scopes_runtime::__private::type_constants::*;
    ::scopes_runtime::__private::HandlerSource::scoped(
        ::scopes_runtime::Requirement::named(
            4501493784760101999,
            Scope!("items"[Scope] []).declared(),
        ),
        &[<__RequirementOf<CurrentUser>>::__SCOPES_REQUIREMENT],
        &[
            ::scopes_runtime::__private::shaped_or(
                <__DescriptionOf<Json<Vec<String>>, ((),)>>::__SCOPES_RESPONSE,
                <__DescriptionOf<Json<Vec<String>>>>::__SCOPES_RESPONSE,
            ),
        ],
        "Returns the items of the current user.",
        {
            if false {
                let __path_read_own_items = ::scopes_runtime::__private::any();
                ::scopes_runtime::__private::Binding(__path_read_own_items)
                    .is_variable();
            }
            ::core::concat!(::core::module_path!(), "::read_own_items")
        },
    )
};

impl ::scopes_runtime::__private::HandlerInfo for __operation_read_own_items {
    const SOURCE: ::scopes_runtime::__private::HandlerSource = __operation_read_own_items_source;
}
