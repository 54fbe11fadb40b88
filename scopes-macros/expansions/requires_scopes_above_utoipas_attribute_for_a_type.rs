// #[requires_scopes]
// #[utoipa::path(get, path = "/items", params(Page), impl_for = ReadItems)]
// async fn read_items() {}

#[utoipa::path(impl_for = __utoipa_read_items, get, path = "/items", params(Page))]
async fn read_items(_: ::scopes_runtime::Authorized<__operation_read_items>) {}

#[doc(hidden)]
enum __operation_read_items {}

const __operation_read_items_source: ::scopes_runtime::__private::HandlerSource = {
    use ::scopes_runtime::__private::type_constants::*;
    ::scopes_runtime::__private::HandlerSource::scoped(
        ::scopes_runtime::Requirement::ANY_VALID_TOKEN,
        &[],
        &[
            <__DescriptionOf<__operation_read_items>>::__SCOPES_ATTRIBUTE,
            ::core::option::Option::None,
        ],
        "",
        { ::core::concat!(::core::module_path!(), "::read_items") },
    )
};

impl ::scopes_runtime::__private::HandlerInfo for __operation_read_items {
    const SOURCE: ::scopes_runtime::__private::HandlerSource = __operation_read_items_source;
}

#[allow(non_camel_case_types)]
#[doc(hidden)]
pub struct __utoipa_read_items;

const _: () = {
    use ::std::{string::String, vec::Vec};
    use ::scopes_runtime::__private::utoipa::__dev::{SchemaReferences, Tags};
    use ::scopes_runtime::__private::utoipa::openapi::{
        RefOr, path::{HttpMethod, Operation},
        schema::Schema,
    };
    impl ::scopes_runtime::__private::utoipa::Path for ReadItems {
        fn path() -> String {
            <::scopes_runtime::__private::ScopedPath<
                __utoipa_read_items,
                ::scopes_runtime::Authorized<__operation_read_items>,
            > as ::scopes_runtime::__private::utoipa::Path>::path()
        }
        fn methods() -> Vec<HttpMethod> {
            <::scopes_runtime::__private::ScopedPath<
                __utoipa_read_items,
                ::scopes_runtime::Authorized<__operation_read_items>,
            > as ::scopes_runtime::__private::utoipa::Path>::methods()
        }
        fn operation() -> Operation {
            <::scopes_runtime::__private::ScopedPath<
                __utoipa_read_items,
                ::scopes_runtime::Authorized<__operation_read_items>,
            > as ::scopes_runtime::__private::utoipa::Path>::operation()
        }
    }
    impl<'t> Tags<'t> for ReadItems {
        fn tags() -> Vec<&'t ::core::primitive::str> {
            <::scopes_runtime::__private::ScopedPath<
                __utoipa_read_items,
                ::scopes_runtime::Authorized<__operation_read_items>,
            > as Tags<'t>>::tags()
        }
    }
    impl SchemaReferences for ReadItems {
        fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
            <::scopes_runtime::__private::ScopedPath<
                __utoipa_read_items,
                ::scopes_runtime::Authorized<__operation_read_items>,
            > as SchemaReferences>::schemas(schemas);
        }
    }
};

impl ::scopes_runtime::__private::DocumentedHandler for __operation_read_items {
    type Path = __utoipa_read_items;
    const HAS_OPERATION_ID: bool = false;
}
