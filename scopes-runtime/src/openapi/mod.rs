//! What requirements say in an OpenAPI document.

#[cfg(feature = "aide")]
mod aide;
mod delegate;
mod document;
mod fragment;
mod operation;
mod operation_ids;
mod scheme;

pub(crate) use document::{Documented, Method, Route, document, nested};
pub(crate) use fragment::shape;
pub use fragment::{Fragment, UnmatchedOperations};
pub(crate) use operation::Access;
#[doc(hidden)]
pub use operation::Described;
pub use scheme::{OAuth2Scheme, SCHEME_NAME};
