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

impl Rejected<Infallible> {
    /// Converts an error that cannot occur.
    pub fn into_rejection<R>(self) -> R {
        match self.0 {}
    }
}

/// `From<E>`, as a method.
pub trait IntoRejection<R> {
    /// Converts the error.
    fn into_rejection(self) -> R;
}

impl<E, R: From<E>> IntoRejection<R> for Rejected<E> {
    fn into_rejection(self) -> R {
        self.0.into()
    }
}
