// #[declare_scopes(types = scope)]
// pub enum Scope {
//     /// Read items.
//     Items = "items",
//     /// Create, change and delete items.
//     #[implies(Items)]
//     ItemsWrite = "items:write",
// }

/// The scopes of `Scope` as types, for `scopes_runtime::Granted`.
#[allow(dead_code)]
pub mod scope {
    /// Read items.
    pub enum Items {}
    /// Create, change and delete items.
    pub enum ItemsWrite {}
}

#[allow(deprecated)]
impl ::scopes_runtime::Provable for scope::Items {
    const REQUIREMENT: ::scopes_runtime::Requirement = ::scopes_runtime::Requirement::scope(
        Scope::Items.declared(),
    );
    type Values = ();
}

#[allow(deprecated)]
impl ::scopes_runtime::Provable for scope::ItemsWrite {
    const REQUIREMENT: ::scopes_runtime::Requirement = ::scopes_runtime::Requirement::scope(
        Scope::ItemsWrite.declared(),
    );
    type Values = ();
}

impl ::scopes_runtime::Implies<scope::Items> for scope::ItemsWrite {}
