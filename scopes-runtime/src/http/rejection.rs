//! Converts errors into an extractor's rejection.

use std::convert::Infallible;

use super::AuthError;

/// `From<AuthError>`, with an error message that names the missing impl.
#[diagnostic::on_unimplemented(
    message = "rejection `{Self}` of an extractor with `#[requires_scopes]` does not implement `From<AuthError>`",
    label = "`{Self}` does not implement `From<AuthError>`",
    note = "write `type Rejection = AuthError`, or implement `From<scopes_runtime::AuthError>` for `{Self}`"
)]
pub trait RejectsWith {
    /// Converts the refusal.
    fn from_auth_error(error: AuthError) -> Self;
}

#[diagnostic::do_not_recommend]
impl<T: From<AuthError>> RejectsWith for T {
    /// Converts the refusal.
    fn from_auth_error(error: AuthError) -> Self {
        error.into()
    }
}

/// The error of an extractor that another one takes. An extractor that cannot fail needs no `From`: Rust uses the
/// inherent method if it exists, otherwise that of [`IntoRejection`].
pub struct Rejected<E>(pub E);

impl Rejected<AuthError> {
    /// Converts the refusal by the function of the check, so that a missing `From<AuthError>` is one error.
    pub fn into_rejection<R>(self, refuse: impl FnOnce(AuthError) -> R) -> R {
        refuse(self.0)
    }
}

impl Rejected<Infallible> {
    /// Converts an error that cannot occur.
    pub fn into_rejection<R>(self, _: impl FnOnce(AuthError) -> R) -> R {
        match self.0 {}
    }
}

/// `From<E>`, as a method.
pub trait IntoRejection<R> {
    /// Converts the error.
    fn into_rejection(self, _: impl FnOnce(AuthError) -> R) -> R;
}

impl<E, R: RejectionFrom<E>> IntoRejection<R> for Rejected<E> {
    fn into_rejection(self, _: impl FnOnce(AuthError) -> R) -> R {
        R::from_rejection(self.0)
    }
}

/// `From<E>`, with an error message that names the missing impl.
#[diagnostic::on_unimplemented(
    message = "rejection `{Self}` of an extractor with `#[requires_scopes]` does not implement `From<{E}>`",
    label = "the rejection of this argument is `{E}`",
    note = "write a `type Rejection` of your own that implements `From<{E}>` and `From<AuthError>`, or take a `Result`"
)]
pub trait RejectionFrom<E> {
    /// Converts the error.
    fn from_rejection(error: E) -> Self;
}

#[diagnostic::do_not_recommend]
impl<E, R: From<E>> RejectionFrom<E> for R {
    fn from_rejection(error: E) -> Self {
        error.into()
    }
}
