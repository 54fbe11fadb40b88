use std::sync::Arc;
use std::task::{Context, Poll};

use axum::extract::Request;
use tower_service::Service;

use crate::http::RequiredByRouters;
use crate::scope::Requirement;

/// Tells the guards of the routes inside what their router requires.
#[derive(Clone)]
pub(super) struct Require<T> {
    requirement: Arc<[Requirement]>,
    inner: T,
}

impl<T> Require<T> {
    pub(super) fn new(requirement: Requirement, inner: T) -> Self {
        Self { requirement: Arc::new([requirement]), inner }
    }
}

impl<T: Service<Request>> Service<Request> for Require<T> {
    type Response = T::Response;
    type Error = T::Error;
    type Future = T::Future;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), T::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request) -> T::Future {
        let required = match request.extensions().get() {
            None => Arc::clone(&self.requirement),
            Some(RequiredByRouters(outer)) => [&*self.requirement, outer].concat().into(),
        };
        request.extensions_mut().insert(RequiredByRouters(required));
        self.inner.call(request)
    }
}
