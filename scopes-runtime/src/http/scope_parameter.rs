//! Values of scopes' parameters that are not in the path.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;

use super::requirement_of::ScopedExtractor;
use crate::scope::{ParameterSource, Requirement};

/// Reads the value of a scope's parameter that is not in the path: the tenant of a host name or of a header. A handler that
/// takes [`ScopeValue`] of the type can require scopes with the parameter.
///
/// ```
/// use std::borrow::Cow;
///
/// use axum::http::request::Parts;
/// use scopes_runtime::{ScopeParameter, ScopeValue, declare_scopes, requires_scopes};
///
/// #[declare_scopes]
/// enum Scope {
///     /// Read the items of a tenant.
///     TenantItems = "tenant:{tenant}:items",
/// }
///
/// /// The tenant is the first label of the host name.
/// struct Tenant;
///
/// impl ScopeParameter for Tenant {
///     const NAME: &'static str = "tenant";
///
///     fn value(parts: &Parts) -> Option<Cow<'_, str>> {
///         let host = parts.headers.get("host")?.to_str().ok()?;
///         host.strip_suffix(".example.com").map(Cow::Borrowed)
///     }
/// }
///
/// #[requires_scopes("tenant:{tenant}:items")]
/// async fn list_items(tenant: ScopeValue<Tenant>) -> String {
///     format!("the items of {tenant}")
/// }
/// # fn main() {}
/// ```
pub trait ScopeParameter: 'static {
    /// The name of the parameter.
    const NAME: &'static str;

    /// Returns the value for a request. A request without one is refused.
    fn value(parts: &Parts) -> Option<Cow<'_, str>>;
}

/// Extracts the value of a [`ScopeParameter`]. The check of the scope has read it from the same request: an extractor before
/// this one must not change what it is read from.
///
/// A request without a value gets status 400, if no scope of the handler has the parameter; otherwise the check refuses it.
pub struct ScopeValue<P> {
    value: String,
    parameter: PhantomData<fn() -> P>,
}

impl<P: ScopeParameter> ScopedExtractor for ScopeValue<P> {
    const REQUIREMENT: Requirement =
        Requirement::parameter(const { &ParameterSource { parameter: P::NAME, value: P::value } });
    const PROTECTED: bool = false;
}

impl<S: Sync, P: ScopeParameter> FromRequestParts<S> for ScopeValue<P> {
    type Rejection = (StatusCode, String);

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Self::Rejection> {
        match P::value(parts) {
            Some(value) => Ok(Self { value: value.into_owned(), parameter: PhantomData }),
            None => Err((StatusCode::BAD_REQUEST, format!("The request has no value for `{}`.", P::NAME))),
        }
    }
}

impl<P> Deref for ScopeValue<P> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.value
    }
}

impl<P> fmt::Display for ScopeValue<P> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self)
    }
}

impl<P> fmt::Debug for ScopeValue<P> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("ScopeValue").field(&self.value).finish()
    }
}
