//! What requirements say in an OpenAPI document.

mod document;
mod operation;
mod scheme;

pub(crate) use document::{Route, document};
pub(crate) use operation::{Access, Described};
pub use scheme::{OAuth2Scheme, SCHEME_NAME};
