//! What an extractor requires, read from its type.

use std::marker::PhantomData;

use axum::Extension;
use axum::extract::{Path, RawPathParams, RawQuery, State};
use axum::http::{HeaderMap, Method, Uri, Version};
#[cfg(feature = "openapi")]
use axum::{Form, Json, extract::Query};
use bytes::Bytes;

use crate::scope::Requirement;

/// An extractor whose effect on the requirement of a handler is known: one that checks a token or other credentials, or one of
/// axum's, which check nothing. `#[requires_scopes]` on its `impl` implements this, and so do `#[derive(ScopedExtractor)]` and
/// an impl of [`CredentialExtractor`](super::CredentialExtractor).
pub trait ScopedExtractor {
    /// The requirement that the extractor checks.
    const REQUIREMENT: Requirement;
    /// Whether the extractor refuses a request without a token.
    const PROTECTED: bool = true;
    /// Whether the extractor accepts a request without a token, but checks a token that is there.
    const ACCEPTS_TOKEN: bool = false;
    /// Whether the extractor may read the context of the request, or pass the request to other code.
    const READS_CONTEXT: bool = true;
}

/// Reads the requirement of a type, if it is a [`ScopedExtractor`]: Rust uses the inherent constants if they exist, otherwise
/// those of [`NoRequirement`], which every type has.
///
/// A handler that takes `Option<E>` or `Result<E, _>` gets a refusal of `E` as a value and runs, so such a handler is not
/// [protected](ScopedExtractor::PROTECTED) by it. But what `E` requires counts: a handler with `#[requires_scopes]` would
/// otherwise run without it.
///
/// The macros split a tuple that is written in the signature. A tuple gets here only through a type alias. Its elements cannot
/// be read, so its constants are errors.
pub struct RequirementOf<T: ?Sized>(PhantomData<T>);

impl<T: ScopedExtractor + ?Sized> RequirementOf<T> {
    /// What the type requires.
    pub const __SCOPES_REQUIREMENT: Requirement = T::REQUIREMENT.with_context_if(T::READS_CONTEXT);
    /// Whether it refuses a request without a token.
    pub const __SCOPES_PROTECTED: bool = T::PROTECTED;
    /// Whether it checks a token that need not be there.
    pub const __SCOPES_ACCEPTS_TOKEN: bool = T::ACCEPTS_TOKEN;
    /// Whether it may read the context of the request.
    pub const __SCOPES_READS_CONTEXT: bool = T::READS_CONTEXT;
    /// Whether it checks credentials other than tokens.
    pub const __SCOPES_HAS_CREDENTIALS: bool = T::REQUIREMENT.has_credentials();
}

/// A scoped extractor, or one inside `Option` or `Result`, also several times.
pub trait Wrapped {
    /// The extractor inside.
    const INSIDE: WrappedRequirement;
}

/// The requirement of an extractor inside `Option` or `Result`.
#[derive(Clone, Copy, Debug)]
pub struct WrappedRequirement {
    requirement: Requirement,
    checks_token: bool,
    reads_context: bool,
}

impl WrappedRequirement {
    /// Returns the requirement.
    ///
    /// # Panics
    ///
    /// Panics if the extractor checks credentials: the guard refuses a missing token, but nothing refuses missing credentials
    /// in `Option`.
    #[track_caller]
    const fn requirement(self) -> Requirement {
        assert!(
            !self.requirement.has_credentials(),
            "credentials in `Option` or `Result`, which lets a request without them through; take the extractor itself"
        );
        self.requirement.with_context_if(self.reads_context)
    }
}

impl<T: ScopedExtractor> Wrapped for T {
    const INSIDE: WrappedRequirement = WrappedRequirement {
        requirement: T::REQUIREMENT,
        checks_token: T::PROTECTED || T::ACCEPTS_TOKEN,
        reads_context: T::READS_CONTEXT,
    };
}

impl<T: Wrapped> Wrapped for Option<T> {
    const INSIDE: WrappedRequirement = T::INSIDE;
}

impl<T: Wrapped, E> Wrapped for Result<T, E> {
    const INSIDE: WrappedRequirement = T::INSIDE;
}

impl<T: Wrapped> RequirementOf<Option<T>> {
    /// What the extractor inside requires, or the error of credentials.
    pub const __SCOPES_REQUIREMENT: Requirement = T::INSIDE.requirement();
    /// Whether the extractor inside checks a token.
    pub const __SCOPES_ACCEPTS_TOKEN: bool = T::INSIDE.checks_token;
    /// Whether the extractor inside may read the context of the request.
    pub const __SCOPES_READS_CONTEXT: bool = T::INSIDE.reads_context;
}

impl<T: Wrapped, E> RequirementOf<Result<T, E>> {
    /// What the extractor inside requires, or the error of credentials.
    pub const __SCOPES_REQUIREMENT: Requirement = T::INSIDE.requirement();
    /// Whether the extractor inside checks a token.
    pub const __SCOPES_ACCEPTS_TOKEN: bool = T::INSIDE.checks_token;
    /// Whether the extractor inside may read the context of the request.
    pub const __SCOPES_READS_CONTEXT: bool = T::INSIDE.reads_context;
}

/// `Option` or `Result` of the standard library.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the `Option` or `Result` of the standard library",
    label = "in a tuple or around one, the requirement of this type cannot be read",
    note = "give a type of yours another name than `Option` and `Result`"
)]
pub trait Standard {}

impl<T> Standard for Option<T> {}

impl<T, E> Standard for Result<T, E> {}

/// A type that the macros have taken apart, because it is named `Option` or `Result`. It requires nothing beyond its parts.
pub struct StandardWrapper<W: Standard>(PhantomData<W>);

impl<W: Standard> ScopedExtractor for StandardWrapper<W> {
    const REQUIREMENT: Requirement = Requirement::ANY_VALID_TOKEN;
    const PROTECTED: bool = false;
    const READS_CONTEXT: bool = false;
}

#[track_caller]
const fn hidden_tuple() -> ! {
    panic!(
        "requirement of a tuple behind a type alias cannot be read; write the tuple, with any `Option` or `Result` around \
         it, in the signature"
    )
}

macro_rules! hidden_tuples {
    ($first:ident $($rest:ident)*) => {
        impl<$first, $($rest),*> ScopedExtractor for ($first, $($rest,)*) {
            const REQUIREMENT: Requirement = hidden_tuple();
            const PROTECTED: bool = hidden_tuple();
            const ACCEPTS_TOKEN: bool = hidden_tuple();
            const READS_CONTEXT: bool = hidden_tuple();
        }

        hidden_tuples!($($rest)*);
    };
    () => {};
}

hidden_tuples!(E1 E2 E3 E4 E5 E6 E7 E8 E9 E10 E11 E12 E13 E14 E15 E16);

macro_rules! impl_without_context {
    ($($(#[$condition:meta])* $extractor:ty: $($parameter:ident)?;)*) => {
        $($(#[$condition])* impl $(<$parameter>)? ScopedExtractor for $extractor {
            const REQUIREMENT: Requirement = Requirement::ANY_VALID_TOKEN;
            const PROTECTED: bool = false;
            const READS_CONTEXT: bool = false;
        })*
    };
}

// `openapi` turns on axum's `form`, `json` and `query`. Without it, handlers with these extractors store a context.
impl_without_context! {
    Bytes:;
    Extension<T>: T;
    HeaderMap:;
    Method:;
    Path<T>: T;
    RawPathParams:;
    RawQuery:;
    State<T>: T;
    String:;
    Uri:;
    Version:;
    #[cfg(feature = "openapi")]
    Form<T>: T;
    #[cfg(feature = "openapi")]
    Json<T>: T;
    #[cfg(feature = "openapi")]
    Query<T>: T;
}

/// Returns whether one of them is true.
#[must_use]
pub const fn any_of(flags: &[bool]) -> bool {
    let mut at = 0;
    while at < flags.len() {
        if flags[at] {
            return true;
        }
        at += 1;
    }
    false
}

/// Fails to compile at an argument whose extractor a handler must not have.
///
/// # Panics
///
/// Panics with the message if the condition is true.
#[track_caller]
pub const fn forbid(condition: bool, message: &'static str) {
    assert!(!condition, "{}", message);
}

/// The constants of [`RequirementOf`] for types that require nothing.
pub trait NoRequirement {
    /// Always false.
    const __SCOPES_ACCEPTS_TOKEN: bool = false;
    /// No scopes.
    const __SCOPES_REQUIREMENT: Requirement = Requirement::ANY_VALID_TOKEN.with_context_if(true);
    /// Always false.
    const __SCOPES_PROTECTED: bool = false;
    /// Always true: the extractor may give the request to code that does.
    const __SCOPES_READS_CONTEXT: bool = true;
    /// Always false.
    const __SCOPES_HAS_CREDENTIALS: bool = false;
}

impl<T: ?Sized> NoRequirement for RequirementOf<T> {}
