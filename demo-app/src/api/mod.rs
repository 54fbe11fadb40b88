//! The tutorial: scopes, the current user and the handlers.

pub(crate) mod current_user;
pub(crate) mod fallbacks;
pub(crate) mod handlers;
pub(crate) mod scopes;
#[cfg(feature = "undeclared-scope")]
mod undeclared_scope;
