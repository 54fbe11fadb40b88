// #[requires_scopes("items")]
// #[utoipa::path(
//     get,
//     path = "/{{}}/items/{id}/{*rest}",
//     params(("page" = u32, Query, description = "The page.")),
//     responses((status = 200, description = "The item.")),
//     operation_id = "readItem",
//     tag = "items"
// )]
// async fn read_item() {}

#[utoipa::path(
    impl_for = __utoipa_read_item,
    get,
    path = "/{{}}/items/{id}/{*rest}",
    params(("page" = u32, Query, description = "The page.")),
    responses((status = 200, description = "The item.")),
    operation_id = "readItem",
    tag = "items"
)]
async fn read_item(_: ::scopes_runtime::Authorized<__operation_read_item>) {}

#[doc(hidden)]
enum __operation_read_item {}

const __operation_read_item_source: ::scopes_runtime::__private::HandlerSource = {
    use ::scopes_runtime::__private::type_constants::*;
    ::scopes_runtime::__private::HandlerSource::new(
        ::scopes_runtime::Requirement::at_path(
            ::scopes_runtime::Requirement::all(
                &[
                    ::scopes_runtime::Requirement::named(
                        4501493784760101999,
                        Scope!("items"[Scope] []).declared(),
                    ),
                ],
            ),
            &["page", "id", "rest"],
        ),
        &[
            <__DescriptionOf<__operation_read_item>>::__SCOPES_ATTRIBUTE,
            ::core::option::Option::None,
        ],
        "",
        { ::core::concat!(::core::module_path!(), "::read_item") },
    )
};

impl ::scopes_runtime::__private::HandlerInfo for __operation_read_item {
    const SOURCE: ::scopes_runtime::__private::HandlerSource = __operation_read_item_source;
}

#[allow(non_camel_case_types)]
#[doc(hidden)]
pub struct __utoipa_read_item;

#[allow(non_camel_case_types)]
#[doc(hidden)]
pub type __path_read_item = ::scopes_runtime::__private::ScopedPath<
    __utoipa_read_item,
    ::scopes_runtime::Authorized<__operation_read_item>,
>;

impl ::scopes_runtime::__private::DocumentedHandler for __operation_read_item {
    type Path = __utoipa_read_item;
    const HAS_OPERATION_ID: bool = true;
}
