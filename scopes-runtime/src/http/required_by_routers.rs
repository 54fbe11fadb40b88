use std::sync::Arc;

use crate::scope::Requirement;

/// What the routers around a handler require beyond it. The handler's route puts it into the request, right before its
/// guard runs.
#[derive(Clone)]
pub(crate) struct RequiredByRouters(pub(crate) Arc<[Requirement]>);
