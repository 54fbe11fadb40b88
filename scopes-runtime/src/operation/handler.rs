use std::any::TypeId;
use std::fmt;

use serde::{Serialize, Serializer};

use crate::http::HandlerInfo;

/// The function that handles an operation. Displayed and serialized as its path.
#[derive(Clone, Debug)]
pub(crate) struct Handler {
    /// The hidden type of the handler. Two functions may have one name.
    pub(crate) id: TypeId,
    pub(crate) name: &'static str,
    pub(crate) module: &'static str,
    /// The doc comment.
    #[cfg(feature = "openapi")]
    pub(crate) documentation: &'static str,
    #[cfg(feature = "openapi")]
    pub(crate) deprecated: bool,
}

impl Handler {
    pub(crate) fn of<H: HandlerInfo>() -> Self {
        Self {
            id: TypeId::of::<H>(),
            name: H::NAME,
            module: H::MODULE,
            #[cfg(feature = "openapi")]
            documentation: H::DOCUMENTATION,
            #[cfg(feature = "openapi")]
            deprecated: H::DEPRECATED,
        }
    }
}

impl fmt::Display for Handler {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}::{}", self.module, self.name)
    }
}

impl Serialize for Handler {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
