// #[declare_scopes(types = scope)]
// pub enum Scope {
//     /// Read items.
//     Items = "items",
//     /// Create, change and delete items.
//     #[implies(Items)]
//     ItemsWrite = "items:write",
//     /// Read items of a type.
//     OfType = "items:{type}:read",
//     /// Read items of all types.
//     #[implies(OfType)]
//     OfAllTypes = "items:read",
// }

/// The scopes of `Scope` as types, for `scopes_runtime::Granted`.
#[allow(dead_code)]
pub mod scope {
    /// Read items.
    pub struct Items;
    /// Create, change and delete items.
    pub struct ItemsWrite;
    /// Read items of a type.
    #[derive(Debug)]
    pub struct OfType {
        /// The value of `{type}`.
        pub r#type: ::std::boxed::Box<::core::primitive::str>,
    }
    /// Read items of all types.
    pub struct OfAllTypes;
}

#[allow(deprecated)]
impl ::scopes_runtime::Provable for scope::Items {
    const REQUIREMENT: ::scopes_runtime::Requirement = ::scopes_runtime::Requirement::scope(
        Scope::Items.declared(),
    );
    fn read(
        _values: &dyn ::scopes_runtime::__private::ParameterValues,
    ) -> ::core::option::Option<Self> {
        ::core::option::Option::Some(Self)
    }
    fn values(
        &self,
    ) -> ::std::vec::Vec<(&'static ::core::primitive::str, &::core::primitive::str)> {
        ::std::vec![]
    }
    fn is_implied_by(other: ::core::any::TypeId) -> bool {
        other == ::core::any::TypeId::of::<scope::ItemsWrite>()
    }
}

impl ::scopes_runtime::WithoutParameters for scope::Items {}

#[allow(deprecated)]
impl ::scopes_runtime::Provable for scope::ItemsWrite {
    const REQUIREMENT: ::scopes_runtime::Requirement = ::scopes_runtime::Requirement::scope(
        Scope::ItemsWrite.declared(),
    );
    fn read(
        _values: &dyn ::scopes_runtime::__private::ParameterValues,
    ) -> ::core::option::Option<Self> {
        ::core::option::Option::Some(Self)
    }
    fn values(
        &self,
    ) -> ::std::vec::Vec<(&'static ::core::primitive::str, &::core::primitive::str)> {
        ::std::vec![]
    }
    fn is_implied_by(_other: ::core::any::TypeId) -> bool {
        false
    }
}

impl ::scopes_runtime::WithoutParameters for scope::ItemsWrite {}

impl ::scopes_runtime::Implies<scope::Items> for scope::ItemsWrite {}

#[allow(deprecated)]
impl ::scopes_runtime::Provable for scope::OfType {
    const REQUIREMENT: ::scopes_runtime::Requirement = ::scopes_runtime::Requirement::scope(
        Scope::OfType.declared(),
    );
    fn read(
        values: &dyn ::scopes_runtime::__private::ParameterValues,
    ) -> ::core::option::Option<Self> {
        ::core::option::Option::Some(Self {
            r#type: ::core::convert::Into::into(values.value("type")?),
        })
    }
    fn values(
        &self,
    ) -> ::std::vec::Vec<(&'static ::core::primitive::str, &::core::primitive::str)> {
        ::std::vec![("type", &*self.r#type)]
    }
    fn is_implied_by(other: ::core::any::TypeId) -> bool {
        other == ::core::any::TypeId::of::<scope::OfAllTypes>()
    }
}

#[allow(deprecated)]
impl ::scopes_runtime::Provable for scope::OfAllTypes {
    const REQUIREMENT: ::scopes_runtime::Requirement = ::scopes_runtime::Requirement::scope(
        Scope::OfAllTypes.declared(),
    );
    fn read(
        _values: &dyn ::scopes_runtime::__private::ParameterValues,
    ) -> ::core::option::Option<Self> {
        ::core::option::Option::Some(Self)
    }
    fn values(
        &self,
    ) -> ::std::vec::Vec<(&'static ::core::primitive::str, &::core::primitive::str)> {
        ::std::vec![]
    }
    fn is_implied_by(_other: ::core::any::TypeId) -> bool {
        false
    }
}

impl ::scopes_runtime::WithoutParameters for scope::OfAllTypes {}

impl ::scopes_runtime::ImpliesAll<scope::OfType> for scope::OfAllTypes {}
