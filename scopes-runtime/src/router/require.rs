use std::sync::{Arc, PoisonError, RwLock};

use axum::extract::Request;
use axum::handler::Handler;

use crate::http::RequiredByRouters;
use crate::scope::Requirement;

/// What the routers around one handler require of its requests. The handler was there first, so it looks it up.
#[derive(Clone, Default)]
pub(crate) struct Required(Arc<RwLock<Option<RequiredByRouters>>>);

impl Required {
    pub(crate) fn add(&self, requirement: Requirement) {
        let mut required = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let before = required.as_ref().map(|RequiredByRouters(all)| &**all).unwrap_or_default();
        *required = Some(RequiredByRouters([before, &[requirement]].concat().into()));
    }

    fn get(&self) -> Option<RequiredByRouters> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// A handler whose guard learns what the routers around it require. Nothing stands between the two, so no middleware can
/// lose it on the way.
#[derive(Clone)]
pub(super) struct Routed<H> {
    pub(super) handler: H,
    pub(super) required: Required,
}

impl<H: Handler<T, S>, T, S> Handler<T, S> for Routed<H> {
    type Future = H::Future;

    fn call(self, mut request: Request, state: S) -> H::Future {
        // Another router's, where a handler has passed its own request on, is not ours.
        request.extensions_mut().remove::<RequiredByRouters>();
        if let Some(required) = self.required.get() {
            request.extensions_mut().insert(required);
        }
        self.handler.call(request, state)
    }
}
