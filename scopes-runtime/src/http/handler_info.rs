//! What the macros generate about a handler: constants of its hidden type.

use super::handler_signature::Describe;
use crate::scope::Requirement;

/// A handler with one of the attributes. The hidden type of the handler implements it.
pub trait HandlerInfo: 'static {
    /// The description of the handler, from its attribute and signature.
    const SOURCE: HandlerSource;
    /// `SOURCE.requirement`, for the checks of requests: a program that reads only this does not contain names and descriptions.
    const REQUIREMENT: Requirement = Self::SOURCE.requirement;
}

/// A handler, read from its source. The macros declare one constant, because each one takes time to compile.
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
    /// The extractors of bodies, queries and paths. With `#[utoipa::path]`, the attribute alone.
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

/// The hidden type of a handler whose attribute is an error, so that its routes cause no further errors.
#[derive(Debug)]
pub enum MisplacedHandler {}

impl HandlerInfo for MisplacedHandler {
    const SOURCE: HandlerSource = HandlerSource {
        name: "",
        module: "",
        documentation: "",
        deprecated: false,
        arguments: &[],
        output: None,
        requirement: Requirement::ANY_VALID_TOKEN,
        accepts_token: false,
        reason: None,
    };
}
