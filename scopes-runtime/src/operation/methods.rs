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
    /// Messages to an MCP endpoint that use one of its items. The path is that of the endpoint, `#`, and the item's name or
    /// URI.
    #[cfg(feature = "mcp")]
    Item(ItemKind),
}

/// What an MCP server offers.
#[cfg(feature = "mcp")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ItemKind {
    Tool,
    Prompt,
    Resource,
}

#[cfg(feature = "mcp")]
impl ItemKind {
    /// Returns the word for one item.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Tool => "tool",
            Self::Prompt => "prompt",
            Self::Resource => "resource",
        }
    }
}

impl Methods {
    /// Returns whether these are requests to a part of another operation.
    pub(crate) fn are_of_item(&self) -> bool {
        #[cfg(feature = "mcp")]
        return matches!(self, Self::Item(_));
        #[cfg(not(feature = "mcp"))]
        false
    }
}

impl fmt::Display for Methods {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::One(method) => method.as_str(),
            Self::Any | Self::Fallback | Self::Unlisted => "*",
            Self::Other => "OTHER",
            #[cfg(feature = "mcp")]
            Self::Item(ItemKind::Tool) => "TOOL",
            #[cfg(feature = "mcp")]
            Self::Item(ItemKind::Prompt) => "PROMPT",
            #[cfg(feature = "mcp")]
            Self::Item(ItemKind::Resource) => "RESOURCE",
        })
    }
}

impl Serialize for Methods {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
