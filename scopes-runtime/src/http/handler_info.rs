//! What the macros generate about a handler: constants of its hidden type.

use super::handler_signature::Describe;
use crate::scope::Requirement;

/// A handler with one of the attributes. The hidden type of the handler implements it.
pub trait HandlerInfo: 'static {
    /// Its description, from the source code.
    const SOURCE: HandlerSource;
    /// Whether an argument may read what the guard has stored in the request's extensions.
    const READS_CONTEXT: bool;
}

/// A handler, read from its source. It is one constant, because each one takes time to compile.
#[derive(Clone, Copy, Debug)]
pub struct HandlerSource {
    /// The function's name.
    pub name: &'static str,
    /// The path of the function's module.
    pub module: &'static str,
    /// The function's doc comment.
    pub documentation: &'static str,
    /// Whether the function has `#[deprecated]`.
    pub deprecated: bool,
    /// The extractors of bodies, queries and paths. Empty with `#[utoipa::path]`.
    pub arguments: &'static [Describe],
    /// The return type. `None` with `#[utoipa::path]`.
    pub output: Describe,
}

/// A handler with `#[requires_scopes]`.
pub trait ScopedOperation: HandlerInfo {
    /// The handler's requirement and those of its extractors.
    const REQUIREMENT: Requirement;
}

/// A handler with `#[authenticated_by]`.
pub trait AuthenticatedOperation: HandlerInfo {
    /// The credentials that the handler's extractors check.
    const REQUIREMENT: Requirement;
}

/// A handler with `#[public]`.
pub trait PublicOperation: HandlerInfo {
    /// Whether the handler takes an optional token.
    const ACCEPTS_TOKEN: bool;
    /// Why the handler is public, if the attribute gives a reason.
    const REASON: Option<&'static str>;
}
