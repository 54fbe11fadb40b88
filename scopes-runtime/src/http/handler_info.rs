//! What the macros generate about a handler: constants of its hidden type.

use super::handler_signature::Describe;
use crate::scope::Requirement;

/// A handler with one of the attributes. The hidden type of the handler implements it.
pub trait HandlerInfo: 'static {
    /// What the attribute and the signature say.
    const SOURCE: HandlerSource;
    /// What the attribute and the extractors require. A constant of its own, so that programs without reports and documents do
    /// not contain the rest.
    const REQUIREMENT: Requirement = Self::SOURCE.requirement;
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
    /// What the attribute and the extractors require.
    pub requirement: Requirement,
    /// Whether a public handler takes an optional token.
    pub accepts_token: bool,
    /// Why a public handler is public, if the attribute gives a reason.
    pub reason: Option<&'static str>,
}
