use std::sync::{Arc, PoisonError, RwLock};

use crate::scope::Requirement;

/// What the routers around one handler require of its requests. The handler's route holds it as well, because routers add
/// to it after the route is built.
#[derive(Clone, Default)]
pub(crate) struct Required(Arc<RwLock<Option<Arc<[Requirement]>>>>);

impl Required {
    pub(crate) fn add(&self, requirement: Requirement) {
        let mut required = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let before = required.as_deref().unwrap_or_default();
        *required = Some([before, &[requirement]].concat().into());
    }

    pub(super) fn get(&self) -> Option<Arc<[Requirement]>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
