//! The check of a handler's whole requirement, before its layers.

use std::future::ready;
use std::pin::Pin;

use axum::extract::Request;
use axum::handler::Handler;
use axum::response::{IntoResponse, Response};
use futures_util::future::Either;

use super::dpop_support::DpopSupport;
#[cfg(feature = "testing")]
use super::dry_run::DryRun;
use super::router_requirements::RouterRequirements;
use super::scoped_handler::Check;
use super::{GuardIn, Guarded, ScopedHandler};
use crate::http::{end_layers, end_operation};
use crate::scope::Requirements;

/// A handler whose whole requirement is checked before any other code runs for its requests.
///
/// Handlers with layers of their own (`Handler::layer`) are checked here, outside of these layers, because a layer can rebuild
/// the request or replace its extensions. The check reads the handler's type and the router's state alone. The guard checks
/// again if a layer has replaced the token or the context.
///
/// A function without layers is checked here only if a router adds a requirement. Otherwise its guard, which axum extracts
/// first, makes the same check.
pub(super) struct Enforced<H, S> {
    handler: H,
    is_function: bool,
    check: fn(&S) -> Option<Check>,
    routers: RouterRequirements,
}

impl<H, S> Enforced<H, S> {
    pub(super) fn new<G, T>(handler: G) -> Self
    where
        G: ScopedHandler<T, S, Handler = H> + Guarded<T, Guard: GuardIn<S>>,
    {
        let routers = RouterRequirements::default();
        Self {
            handler: handler.into_handler(),
            is_function: G::IS_FUNCTION,
            check: <G::Guard as GuardIn<S>>::check,
            routers,
        }
    }
}

impl<H: Clone, S> Enforced<H, S> {
    /// Returns the handler for a route, whose routers have these requirements.
    pub(super) fn with_routers(&self, routers: RouterRequirements) -> Self {
        Self { routers, ..self.clone() }
    }
}

impl<H, S: 'static> Enforced<H, S> {
    /// Returns whether the server that checks the requirement accepts DPoP, once the state is known.
    pub(super) fn dpop_support(&self) -> DpopSupport {
        let check = self.check;
        DpopSupport::new(move |state: &S| check(state).map(|check| check.server))
    }
}

impl<H: Clone, S> Clone for Enforced<H, S> {
    fn clone(&self) -> Self {
        Self {
            handler: self.handler.clone(),
            is_function: self.is_function,
            check: self.check,
            routers: self.routers.clone(),
        }
    }
}

#[cfg(feature = "testing")]
impl<H, S> Enforced<H, S> {
    /// Authorizes the request. Returns the refusal, or the response of the dry run.
    async fn authorize_only(self, request: Request, check: Option<Check>, dry_run: DryRun) -> Response {
        let Some(Check { server, handler, requirement }) = check else { return dry_run.response() };
        let required = Requirements::new(requirement, self.routers.get());
        let (mut parts, _) = request.into_parts();
        match server.authorize_operation(&mut parts, Some(handler), required).await {
            Ok(()) => dry_run.response(),
            Err(error) => error.into_response(),
        }
    }
}

impl<H, T, S> Handler<T, S> for Enforced<H, S>
where
    H: Handler<T, S>,
    S: Send + Sync + 'static,
{
    type Future = Either<H::Future, Pin<Box<dyn Future<Output = Response> + Send>>>;

    fn call(self, mut request: Request, state: S) -> Self::Future {
        #[cfg(feature = "testing")]
        if let Some(dry_run) = DryRun::of(request.extensions()) {
            let check = (self.check)(&state);
            return Either::Right(Box::pin(self.authorize_only(request, check, dry_run)));
        }
        let routers = self.routers.get();
        if self.is_function && routers.is_none() {
            end_operation(request.extensions_mut());
            return Either::Left(self.handler.call(request, state));
        }
        let Some(Check { server, handler, requirement }) = (self.check)(&state) else {
            end_layers(request.extensions_mut());
            return Either::Left(self.handler.call(request, state));
        };
        let required = Requirements::new(requirement, routers);
        let (mut parts, body) = request.into_parts();
        match server.authorize_operation_now(&mut parts, Some(handler), &required) {
            Some(Ok(())) => Either::Left(self.handler.call(Request::from_parts(parts, body), state)),
            Some(Err(error)) => Either::Right(Box::pin(ready(error.into_response()))),
            None => Either::Right(Box::pin(async move {
                match server.authorize_operation_decoding(&mut parts, Some(handler), required).await {
                    Ok(()) => self.handler.call(Request::from_parts(parts, body), state).await,
                    Err(error) => error.into_response(),
                }
            })),
        }
    }
}
