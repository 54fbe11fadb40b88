//! What an extractor requires, read from its type.

use std::marker::PhantomData;

use crate::scope::Requirement;

/// An extractor that checks the token. `#[requires_scopes]` on its `impl` implements this, and so does
/// `#[derive(ScopedExtractor)]`.
pub trait ScopedExtractor {
    /// The requirement that the extractor checks.
    const REQUIREMENT: Requirement;
    /// Whether the extractor refuses a request without a token.
    const PROTECTED: bool = true;
    /// Whether the extractor accepts a request without a token, but checks a token that is there.
    const ACCEPTS_TOKEN: bool = false;
}

/// Reads what a type [`ScopedExtractor`], if it does: the inherent constants win over those of [`NoRequirement`], which every type
/// has.
///
/// A handler that takes `Option<E>` or `Result<E, _>` decides itself what a refusal of `E` means, so such a handler is not
/// [protected](ScopedExtractor::PROTECTED) by it. But what `E` requires counts: a handler with `#[requires_scopes]` would otherwise
/// run without it.
pub struct RequirementOf<T: ?Sized>(PhantomData<T>);

impl<T: ScopedExtractor + ?Sized> RequirementOf<T> {
    /// What the type requires.
    pub const __SCOPES_REQUIREMENT: Requirement = T::REQUIREMENT;
    /// Whether it refuses a request without a token.
    pub const __SCOPES_PROTECTED: bool = T::PROTECTED;
    /// Whether it checks a token that need not be there.
    pub const __SCOPES_ACCEPTS_TOKEN: bool = T::ACCEPTS_TOKEN;
}

impl<T: ScopedExtractor> RequirementOf<Option<T>> {
    /// What the extractor inside requires.
    pub const __SCOPES_REQUIREMENT: Requirement = T::REQUIREMENT;
    /// Always true.
    pub const __SCOPES_ACCEPTS_TOKEN: bool = true;
}

impl<T: ScopedExtractor, E> RequirementOf<Result<T, E>> {
    /// What the extractor inside requires.
    pub const __SCOPES_REQUIREMENT: Requirement = T::REQUIREMENT;
    /// Always true.
    pub const __SCOPES_ACCEPTS_TOKEN: bool = true;
}

/// Returns whether one of them is true.
#[must_use]
pub const fn any_of(answers: &[bool]) -> bool {
    let mut at = 0;
    while at < answers.len() {
        if answers[at] {
            return true;
        }
        at += 1;
    }
    false
}

/// The constants of [`RequirementOf`] for types that require nothing.
pub trait NoRequirement {
    /// Always false.
    const __SCOPES_ACCEPTS_TOKEN: bool = false;
    /// Any token, or none.
    const __SCOPES_REQUIREMENT: Requirement = Requirement::AUTHENTICATED;
    /// Always false.
    const __SCOPES_PROTECTED: bool = false;
}

impl<T: ?Sized> NoRequirement for RequirementOf<T> {}
