// /// The scopes of the API.
// pub(crate) enum Scope {
//     "first",
//     /// Read items.
//     #[implies(Me)]
//     Items = "items:read",
//     Users = ,
//     Me "me"
//     /// Read groups.
//     Groups = Other::Groups,
//     Count = 5,
//     Items,
//     fn,
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
pub(crate) enum Scope {
    Items,
    Users,
    Me,
    Groups,
    Count,
}

impl ::scopes_runtime::Vocabulary for Scope {
    const DECLARED: &'static [::scopes_runtime::DeclaredScope] = &[
        ::scopes_runtime::DeclaredScope::new(
            "items:read",
            15700139651416351379,
            "",
            &[],
            &[],
        ),
        ::scopes_runtime::DeclaredScope::new("users", 4767205828091196211, "", &[], &[]),
        ::scopes_runtime::DeclaredScope::new("me", 624134510078873767, "", &[], &[]),
        ::scopes_runtime::DeclaredScope::new(
            "groups",
            6933767867703775565,
            "",
            &[],
            &[],
        ),
        ::scopes_runtime::DeclaredScope::new("count", 12818901015042040436, "", &[], &[]),
    ];
}

#[allow(deprecated)]
impl Scope {
    /// All scopes, in the order of declaration.
    pub const ALL: &'static [Self] = &[
        Self::Items,
        Self::Users,
        Self::Me,
        Self::Groups,
        Self::Count,
    ];
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
const _: &[Scope] = &[];

#[doc(hidden)]
macro_rules! __scopes_Scope_93a2aef28248297a {
    ("items:read"[$($before:tt)*] [$($after:tt)*]) => {
        $($before)* ::Items $($after)*
    };
    ("users"[$($before:tt)*] [$($after:tt)*]) => {
        $($before)* ::Users $($after)*
    };
    ("me"[$($before:tt)*] [$($after:tt)*]) => {
        $($before)* ::Me $($after)*
    };
    ("groups"[$($before:tt)*] [$($after:tt)*]) => {
        $($before)* ::Groups $($after)*
    };
    ("count"[$($before:tt)*] [$($after:tt)*]) => {
        $($before)* ::Count $($after)*
    };
    ($scope:literal [$($before:tt)*] [$($after:tt)*]) => {
        $($before)* ::Items $($after)*
    };
}

#[doc(hidden)]
pub(crate) use __scopes_Scope_93a2aef28248297a as Scope;

::core::compile_error!("expected identifier")
