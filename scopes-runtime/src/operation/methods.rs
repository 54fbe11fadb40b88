use std::fmt;

use axum::http::Method;
use serde::{Serialize, Serializer};

/// The methods of its path that an operation serves. Displayed and serialized as in the access report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Methods {
    One(Method),
    /// All methods without a handler of their own.
    Any,
    /// All methods without any handler: the fallback of a method router, or `method_not_allowed_fallback`.
    Other,
    /// All methods, of paths that no route matches.
    Fallback,
    /// All methods, of the routes of an axum router, which cannot be listed.
    Unlisted,
}

impl fmt::Display for Methods {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::One(method) => method.as_str(),
            Self::Any | Self::Fallback | Self::Unlisted => "*",
            Self::Other => "OTHER",
        })
    }
}

impl Serialize for Methods {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
