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

impl ::scopes_runtime::__private::HandlerInfo for __operation_read_own_items {
    const SOURCE: ::scopes_runtime::__private::HandlerSource = {
        use ::scopes_runtime::__private::NoDescription as _;
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
            output: ::scopes_runtime::__private::DescriptionOf::<
                Json<Vec<String>>,
            >::__SCOPES_RESPONSE,
        }
    };
    const READS_CONTEXT: bool = {
        use ::scopes_runtime::__private::NoRequirement as _;
        ::scopes_runtime::__private::any_of(
            &[
                ::scopes_runtime::__private::RequirementOf::<
                    CurrentUser,
                >::__SCOPES_READS_CONTEXT,
            ],
        )
    };
}

#[allow(unexpected_cfgs)]
impl ::scopes_runtime::__private::ScopedOperation for __operation_read_own_items {
    const REQUIREMENT: ::scopes_runtime::Requirement = {
        #[cfg(rust_analyzer)]
        const _: () = {
            Scope! {
                "items"[use Scope] [as __scope_0;]
            }
            let _ = __scope_0;
        };
        use ::scopes_runtime::__private::NoRequirement as _;
        ::scopes_runtime::Requirement::all(
            &[
                ::scopes_runtime::Requirement::named(
                    "items",
                    Scope!("items"[Scope] []).declared(),
                ),
                ::scopes_runtime::__private::RequirementOf::<
                    CurrentUser,
                >::__SCOPES_REQUIREMENT,
            ],
        )
    };
}

const _: ::scopes_runtime::Requirement = <__operation_read_own_items as ::scopes_runtime::__private::ScopedOperation>::REQUIREMENT;
