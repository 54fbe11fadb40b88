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

#[allow(unexpected_cfgs)]
const __operation_read_own_items_source: ::scopes_runtime::__private::HandlerSource = {
    #[cfg(rust_analyzer)]
    const _: () = {
        Scope! {
            "items"[use Scope] [as __scope_0;]
        }
        let _ = __scope_0;
    };
    use ::scopes_runtime::__private::type_constants::*;
    let __requirement = ::scopes_runtime::Requirement::all(
        &[
            ::scopes_runtime::Requirement::named(
                "items",
                Scope!("items"[Scope] []).declared(),
            ),
            <__RequirementOf<CurrentUser>>::__SCOPES_REQUIREMENT,
        ],
    );
    if false {
        let __path_read_own_items = ::scopes_runtime::__private::any();
        ::scopes_runtime::__private::Binding(__path_read_own_items).is_variable();
    }
    ::scopes_runtime::__private::HandlerSource {
        name: "read_own_items",
        module: ::core::module_path!(),
        documentation: "Returns the items of the current user.",
        deprecated: false,
        arguments: &[],
        output: ::scopes_runtime::__private::shaped_or(
            <__DescriptionOf<Json<Vec<String>>, ((),)>>::__SCOPES_RESPONSE,
            <__DescriptionOf<Json<Vec<String>>>>::__SCOPES_RESPONSE,
        ),
        requirement: __requirement,
        accepts_token: false,
        reason: ::core::option::Option::None,
    }
};

impl ::scopes_runtime::__private::HandlerInfo for __operation_read_own_items {
    const SOURCE: ::scopes_runtime::__private::HandlerSource = __operation_read_own_items_source;
}
