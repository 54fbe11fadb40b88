//! JSON from clients and issuers: objects without repeated names, whose strings borrow from the text.

#[cfg(any(feature = "_jwt", feature = "mcp"))]
mod parse;
mod value;

#[cfg(feature = "_jwt")]
pub(super) use parse::object;
#[cfg(feature = "mcp")]
pub(crate) use parse::value;
pub(super) use value::{Object, Value};
