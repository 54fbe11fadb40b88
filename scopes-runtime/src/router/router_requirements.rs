//! The requirements that `ScopedRouter::require` adds to a route.

use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use crate::scope::Requirement;

/// The requirements of the routers around one handler. Its route and its [`Enforced`](super::enforced::Enforced) share them,
/// because axum takes the handler before `ScopedRouter::require` is called. The lock is not created before that, so that
/// requests to other handlers do not take one.
#[derive(Clone, Default)]
pub(super) struct RouterRequirements(Arc<OnceLock<RwLock<Arc<[Requirement]>>>>);

impl RouterRequirements {
    pub(super) fn set(&self, requirements: Arc<[Requirement]>) {
        let lock = self.0.get_or_init(|| RwLock::new(Arc::default()));
        *lock.write().unwrap_or_else(PoisonError::into_inner) = requirements;
    }

    pub(super) fn get(&self) -> Option<Arc<[Requirement]>> {
        let lock = self.0.get()?;
        Some(lock.read().unwrap_or_else(PoisonError::into_inner).clone())
    }
}
