// #[declare_scopes]
// pub enum Scope {
//     /// Read items.
//     Items = "items",
//     /// Create, change and delete items.
//     #[implies(Items)]
//     ItemsWrite = "items:write",
// }

#[derive(
    ::core::clone::Clone,
    ::core::marker::Copy,
    ::core::fmt::Debug,
    ::core::cmp::PartialEq,
    ::core::cmp::Eq,
    ::core::cmp::PartialOrd,
    ::core::cmp::Ord,
    ::core::hash::Hash
)]
pub enum Scope {
    /// Read items.
    Items,
    /// Create, change and delete items.
    ItemsWrite,
}

impl ::scopes_runtime::Vocabulary for Scope {
    const DECLARED: &'static [::scopes_runtime::DeclaredScope] = &[
        ::scopes_runtime::DeclaredScope::new(
            "items",
            4501493784760101999,
            "Read items.",
            &[],
            &["items:write"],
        ),
        ::scopes_runtime::DeclaredScope::new(
            "items:write",
            2236854155950173266,
            "Create, change and delete items.",
            &["items"],
            &[],
        ),
    ];
}

#[allow(deprecated)]
impl Scope {
    /// All scopes, in the order of declaration.
    pub const ALL: &'static [Self] = &[Self::Items, Self::ItemsWrite];
    /// Returns the name, the description and the implications of the scope.
    #[must_use]
    pub const fn declared(self) -> &'static ::scopes_runtime::DeclaredScope {
        &<Self as ::scopes_runtime::Vocabulary>::DECLARED[self as usize]
    }
    /// Returns the name of the scope.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.declared().name()
    }
    /// Returns the description of the scope.
    #[must_use]
    pub const fn description(self) -> &'static str {
        self.declared().description()
    }
}

const _: () = {
    struct __All(&'static [Scope]);
    #[automatically_derived]
    impl ::core::clone::Clone for __All {
        fn clone(&self) -> Self {
            Self(Scope::ALL)
        }
    }
    impl ::core::str::FromStr for Scope {
        type Err = ::scopes_runtime::UndeclaredScopeError;
        fn from_str(
            name: &str,
        ) -> ::core::result::Result<Self, ::scopes_runtime::UndeclaredScopeError> {
            ::scopes_runtime::__private::find(
                <Self as ::scopes_runtime::Vocabulary>::DECLARED,
                name,
                ::core::clone::Clone::clone(&__All(&[])).0,
            )
        }
    }
    impl ::core::fmt::Display for Scope {
        fn fmt(
            &self,
            formatter: &mut ::core::fmt::Formatter<'_>,
        ) -> ::core::fmt::Result {
            formatter.pad(self.as_str())
        }
    }
    impl ::core::convert::AsRef<str> for Scope {
        fn as_ref(&self) -> &str {
            self.as_str()
        }
    }
    impl ::scopes_runtime::__private::serde::Serialize for Scope {
        fn serialize<S: ::scopes_runtime::__private::serde::Serializer>(
            &self,
            serializer: S,
        ) -> ::core::result::Result<S::Ok, S::Error> {
            serializer.serialize_str(self.as_str())
        }
    }
    impl<'de> ::scopes_runtime::__private::serde::Deserialize<'de> for Scope {
        fn deserialize<D: ::scopes_runtime::__private::serde::Deserializer<'de>>(
            deserializer: D,
        ) -> ::core::result::Result<Self, D::Error> {
            ::scopes_runtime::__private::deserialize(deserializer)
        }
    }
};

#[allow(deprecated)]
const _: &[Scope] = &[Scope::ItemsWrite];

#[doc(hidden)]
#[macro_export]
macro_rules! __scopes_Scope_012955a27667e526 {
    ("items"[$($before:tt)*] [$($after:tt)*]) => {
        $($before)* ::Items $($after)*
    };
    ("items:write"[$($before:tt)*] [$($after:tt)*]) => {
        $($before)* ::ItemsWrite $($after)*
    };
    ($scope:literal [$($before:tt)*] [$($after:tt)*]) => {
        ::scopes_runtime::__private::undeclared_scope! { $scope [$($before)*] "items"
        "items:write" }
    };
}

#[doc(hidden)]
pub use __scopes_Scope_012955a27667e526 as Scope;
