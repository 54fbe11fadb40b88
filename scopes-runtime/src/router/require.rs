use std::pin::Pin;
use std::task::{Context, Poll};

use axum::extract::Request;
use tower_service::Service;

use crate::http::RequiredByRouters;
use crate::scope::Requirement;

/// Tells the guards of the routes inside what their router requires: with the request, and while the request is being
/// answered. Either is enough, so that a layer in between may make a new request, or answer in another task.
#[derive(Clone)]
pub(super) struct Require<T> {
    requirement: Requirement,
    inner: T,
}

impl<T> Require<T> {
    pub(super) fn new(requirement: Requirement, inner: T) -> Self {
        Self { requirement, inner }
    }
}

impl<T: Service<Request>> Service<Request> for Require<T> {
    type Response = T::Response;
    type Error = T::Error;
    type Future = Required<T::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), T::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request) -> Required<T::Future> {
        let outer = request.extensions().get::<RequiredByRouters>().cloned();
        let required = outer.or_else(RequiredByRouters::current).unwrap_or_default().and(self.requirement);
        request.extensions_mut().insert(required.clone());
        let future = Box::pin(required.while_in(|| self.inner.call(request)));
        Required { required, future }
    }
}

/// An answer in the making.
pub(super) struct Required<F> {
    required: RequiredByRouters,
    future: Pin<Box<F>>,
}

impl<F: Future> Future for Required<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let Self { required, future } = &mut *self;
        required.while_in(|| future.as_mut().poll(context))
    }
}
