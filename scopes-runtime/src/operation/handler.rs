use std::any::TypeId;
use std::fmt;

use serde::{Serialize, Serializer};

use crate::http::{HandlerInfo, HandlerSource};

/// The function that handles an operation. Displayed and serialized as its path.
#[derive(Clone, Debug)]
pub(crate) struct Handler {
    /// The hidden type of the handler. Two functions may have one name.
    pub(crate) id: TypeId,
    pub(crate) source: HandlerSource,
}

impl Handler {
    pub(crate) fn of<H: HandlerInfo>() -> Self {
        Self { id: TypeId::of::<H>(), source: H::SOURCE }
    }
}

impl fmt::Display for Handler {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.source.path())
    }
}

impl Serialize for Handler {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
