//! Layers of routers, which run before the check of the operation.

use std::task::{Context, Poll};

use axum::extract::Request;
use axum::routing::Route;
use tower_layer::Layer;
use tower_service::Service;

use crate::http::{begin_layers, end_layers};

/// A layer around checked handlers. An extractor of an optional token in it leaves the refusal of an invalid one to the check,
/// whose challenge contains the required scopes.
#[derive(Clone)]
pub(super) struct BeforeCheck<L>(pub(super) L);

impl<L: Layer<Route>> Layer<Route> for BeforeCheck<L> {
    type Service = Layered<L::Service>;

    fn layer(&self, route: Route) -> Self::Service {
        Layered { service: self.0.layer(route), is_before_check: true }
    }
}

/// A layer around routes that no check follows.
#[derive(Clone)]
pub(super) struct WithoutCheck;

impl Layer<Route> for WithoutCheck {
    type Service = Layered<Route>;

    fn layer(&self, route: Route) -> Self::Service {
        Layered::unchecked(route)
    }
}

#[derive(Clone)]
pub(super) struct Layered<T> {
    service: T,
    is_before_check: bool,
}

impl<T> Layered<T> {
    pub(super) fn unchecked(service: T) -> Self {
        Self { service, is_before_check: false }
    }
}

impl<T: Service<Request>> Service<Request> for Layered<T> {
    type Response = T::Response;
    type Error = T::Error;
    type Future = T::Future;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.service.poll_ready(context)
    }

    fn call(&mut self, mut request: Request) -> Self::Future {
        if self.is_before_check {
            begin_layers(request.extensions_mut());
        } else {
            end_layers(request.extensions_mut());
        }
        self.service.call(request)
    }
}
