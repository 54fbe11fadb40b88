use std::fmt;

use serde::{Serialize, Serializer};

use crate::http::{HandlerInfo, HandlerSource};

/// The function that handles an operation. Displayed and serialized as its path.
#[derive(Clone, Debug)]
pub(crate) struct Handler(pub(crate) HandlerSource);

impl Handler {
    pub(crate) fn of<H: HandlerInfo>() -> Self {
        Self(H::SOURCE)
    }
}

impl fmt::Display for Handler {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}::{}", self.0.module, self.0.name)
    }
}

impl Serialize for Handler {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
