/// utoipa's traits for the type that it would have declared: as it says itself, and what the handler requires.
#[doc(hidden)]
#[macro_export]
macro_rules! __documented {
    ($path:ident $inner:ident $operation:ident $described:ident) => {
        impl<'t> $crate::__private::utoipa::__dev::Tags<'t> for $path {
            fn tags() -> ::std::vec::Vec<&'t ::core::primitive::str> {
                <$inner as $crate::__private::utoipa::__dev::Tags<'t>>::tags()
            }
        }

        impl $crate::__private::utoipa::Path for $path {
            fn path() -> ::std::string::String {
                <$inner as $crate::__private::utoipa::Path>::path()
            }

            fn methods() -> ::std::vec::Vec<$crate::__private::utoipa::openapi::path::HttpMethod> {
                <$inner as $crate::__private::utoipa::Path>::methods()
            }

            fn operation() -> $crate::__private::utoipa::openapi::path::Operation {
                let operation = <$inner as $crate::__private::utoipa::Path>::operation();
                $crate::__private::Described::$described::<$operation>().guard(operation)
            }
        }

        impl $crate::__private::DescribedOperation for $operation {
            fn documented() -> $crate::__private::Documented {
                $crate::__private::Documented::of::<$path>()
            }
        }

        impl $crate::__private::utoipa::__dev::SchemaReferences for $path {
            fn schemas(
                schemas: &mut ::std::vec::Vec<(
                    ::std::string::String,
                    $crate::__private::utoipa::openapi::RefOr<
                        $crate::__private::utoipa::openapi::schema::Schema,
                    >,
                )>,
            ) {
                <$inner as $crate::__private::utoipa::__dev::SchemaReferences>::schemas(schemas)
            }
        }
    };
}
