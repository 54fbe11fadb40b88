//! Builds the router of some steps, and a model of its operations.

use std::convert::Infallible;

use axum::extract::{Request, State};
use axum::handler::Handler;
use axum::http::StatusCode;
use axum::http::header::AUTHORIZATION;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use scopes_runtime::router::{
    GuardIn, Guarded, GuardedArguments, HandlerFunction, ScopedHandler, ScopedMethodRouter, any, get, post,
};
use scopes_runtime::{ResourceServer, ScopedRouter, scopes};
use scopes_tests::Scope;
use scopes_tests::billing::BillingScope;
use tower::{Layer as _, service_fn};

use super::expected::Operation;
use super::requests::{accepted_extensions, any_token, credentials, either, items, me, open};
use super::steps::{Change, Function, Method, Service, Step};

async fn apply(State(changes): State<Vec<Change>>, mut request: Request, next: Next) -> Response {
    for change in changes {
        match change {
            Change::Rebuild => {
                let (parts, body) = request.into_parts();
                request = Request::new(body);
                *request.method_mut() = parts.method;
                *request.uri_mut() = parts.uri;
                *request.headers_mut() = parts.headers;
            }
            Change::ClearExtensions => request.extensions_mut().clear(),
            Change::ReplayExtensions => request.extensions_mut().clone_from(accepted_extensions()),
            Change::SwapToken(scope) => {
                request.headers_mut().insert(AUTHORIZATION, credentials(&[scope]));
            }
            Change::RemoveToken => drop(request.headers_mut().remove(AUTHORIZATION)),
        }
    }
    next.run(request).await
}

#[derive(Default)]
pub(super) struct Built {
    pub(super) router: ScopedRouter<ResourceServer>,
    pub(super) operations: Vec<Operation>,
}

/// Calls a generic function with the handler.
macro_rules! with_handler {
    ($function:expr, $build:ident($($argument:expr),*)) => {
        match $function {
            Function::Me => $build(me, $($argument),*),
            Function::Items => $build(items, $($argument),*),
            Function::Either => $build(either, $($argument),*),
            Function::AnyToken => $build(any_token, $($argument),*),
            Function::Open => $build(open, $($argument),*),
        }
    };
}

fn methods<H, T>(handler: H, method: Method, inside: &[Change]) -> ScopedMethodRouter<ResourceServer>
where
    H: Handler<T, ResourceServer> + HandlerFunction<T> + ScopedHandler<T, ResourceServer>,
    T: GuardedArguments<Guard: GuardIn<ResourceServer>> + 'static,
{
    fn of<H, T>(handler: H, method: Method) -> ScopedMethodRouter<ResourceServer>
    where
        H: HandlerFunction<T> + ScopedHandler<T, ResourceServer> + Guarded<T, Guard: GuardIn<ResourceServer>>,
        T: 'static,
    {
        match method {
            Method::Get => get(handler),
            Method::Post => post(handler),
            Method::Any => any(handler),
        }
    }
    if inside.is_empty() {
        of(handler, method)
    } else {
        of(handler.layer(from_fn_with_state(inside.to_vec(), apply)), method)
    }
}

fn fallback<H, T>(
    handler: H,
    router: ScopedRouter<ResourceServer>,
    inside: &[Change],
) -> ScopedRouter<ResourceServer>
where
    H: Handler<T, ResourceServer>,
    T: GuardedArguments<Guard: GuardIn<ResourceServer>> + 'static,
{
    router.fallback(handler.layer(from_fn_with_state(inside.to_vec(), apply)))
}

impl Built {
    /// Builds the router of these steps. `number` makes paths unique.
    pub(super) fn new(steps: &[Step], number: &mut usize) -> Self {
        steps.iter().fold(Self::default(), |built, step| {
            *number += 1;
            built.then(step, number)
        })
    }

    fn then(mut self, step: &Step, number: &mut usize) -> Self {
        match step {
            Step::Route(method, function, inside, around) => {
                let path = format!("/r{number}");
                let mut routed = with_handler!(*function, methods(*method, inside));
                if let Some(change) = *around {
                    routed = routed.layer(from_fn_with_state(vec![change], apply));
                }
                let name = match method {
                    Method::Get => "GET",
                    Method::Post => "POST",
                    Method::Any => "PATCH",
                };
                self.router = self.router.route(&path, routed);
                self.add(name, path, *function, inside, around.as_slice(), false);
            }
            Step::Fallback(function, inside) if !self.has_fallback() => {
                self.router = with_handler!(*function, fallback(self.router, inside));
                self.add("GET", "/no-route".to_owned(), *function, inside, &[], true);
            }
            Step::Service(kind, function, inside) => self.add_service(*kind, *function, inside, *number),
            Step::Nest(inner) => {
                let prefix = format!("/n{number}");
                let mut inner = Self::new(inner, number);
                let has_fallback = inner.has_fallback();
                self.router = self.router.nest(&prefix, inner.router);
                // axum drops the fallbacks within a router that has no fallback.
                if !has_fallback {
                    inner.operations.retain(|operation| !operation.is_fallback);
                }
                self.operations.extend(inner.operations.into_iter().map(|mut operation| {
                    operation.path.insert_str(0, &prefix);
                    operation
                }));
            }
            Step::Merge(inner) => {
                let inner = Self::new(inner, number);
                // axum does not merge two fallbacks.
                if !self.has_fallback() || !inner.has_fallback() {
                    self.router = self.router.merge(inner.router);
                    self.operations.extend(inner.operations);
                }
            }
            Step::Require(scope) if self.may_require() => {
                let requirement = match *scope {
                    "me" => scopes!("me"),
                    "items" => scopes!("items"),
                    _ => scopes!(BillingScope::Billing),
                };
                self.router = self.router.require(requirement);
                self.routes().for_each(|operation| operation.required.push(scope));
            }
            Step::Layer(change) => {
                self.router = self.router.layer(from_fn_with_state(vec![*change], apply));
                self.operations.iter_mut().for_each(|operation| operation.outside.insert(0, *change));
            }
            Step::RouteLayer(change) if self.routes().next().is_some() => {
                self.router = self.router.route_layer(from_fn_with_state(vec![*change], apply));
                self.routes().for_each(|operation| operation.outside.insert(0, *change));
            }
            Step::Fallback(..) | Step::Require(_) | Step::RouteLayer(_) => {}
        }
        self
    }

    fn add_service(&mut self, kind: Service, function: Function, inside: &[Change], number: usize) {
        if matches!(kind, Service::Fallback) && self.has_fallback() {
            return;
        }
        let requirement = match function {
            Function::Me => scopes!("me"),
            Function::Items => scopes!("items"),
            Function::Either => scopes!(any("items:write", BillingScope::Invoices)),
            Function::AnyToken => scopes!(),
            Function::Open => unreachable!("no step"),
        };
        let layer = from_fn_with_state(inside.to_vec(), apply);
        let service = layer.layer(service_fn(async |_| Ok::<_, Infallible>(StatusCode::OK)));
        let router = std::mem::take(&mut self.router);
        let path = format!("/s{number}");
        let mut add = |path: &str, is_fallback| {
            // A service does not check again what its layers change.
            self.add("PATCH", path.to_owned(), function, &[], &[], is_fallback);
        };
        self.router = match kind {
            Service::Route => {
                add(&path, false);
                router.route_service(&path, service, requirement)
            }
            Service::Nest => {
                add(&path, false);
                add(&format!("{path}/{{*path}}"), false);
                router.nest_service(&path, service, requirement)
            }
            Service::Fallback => {
                add("/no-route", true);
                router.fallback_service(service, requirement)
            }
        };
    }

    fn add(
        &mut self,
        method: &'static str,
        path: String,
        function: Function,
        inside: &[Change],
        outside: &[Change],
        is_fallback: bool,
    ) {
        let (inside, outside) = (inside.to_vec(), outside.to_vec());
        let required = Vec::new();
        self.operations.push(Operation { method, path, function, required, inside, outside, is_fallback });
    }

    fn routes(&mut self) -> impl Iterator<Item = &mut Operation> {
        self.operations.iter_mut().filter(|operation| !operation.is_fallback)
    }

    fn has_fallback(&self) -> bool {
        self.operations.iter().any(|operation| operation.path == "/no-route")
    }

    /// Returns whether `require` accepts the routes so far: there is one, and none is public.
    fn may_require(&mut self) -> bool {
        self.routes().next().is_some() && self.routes().all(|route| route.function != Function::Open)
    }
}
