use std::convert::Infallible;
use std::fmt;

use axum::extract::Request;
use axum::http::Method;
use axum::response::IntoResponse;
use axum::routing::{MethodFilter, MethodRouter};
use tower_layer::Layer;
use tower_service::Service;

use super::enforced::Enforced;
use super::layered::BeforeCheck;
use super::route::Route;
use super::{GuardIn, Guarded, HandlerFunction, ScopedHandler};
use crate::operation::Methods;

/// The handlers of one path by method, each with one of the attributes: axum's `MethodRouter`.
///
/// [`get`], [`post`] and the other functions start one; the methods of the same names add to it.
///
/// ```
/// use axum::routing::MethodFilter;
/// use scopes_runtime::router::{ScopedRouter, any, get, on};
/// use scopes_runtime::{ResourceServer, requires_scopes};
///
/// #[requires_scopes]
/// async fn read() {}
///
/// #[requires_scopes]
/// async fn write() {}
///
/// let router = ScopedRouter::<ResourceServer>::new()
///     .route("/items", get(read).post(write).put(write).patch(write).delete(write))
///     .route("/reports", on(MethodFilter::GET.or(MethodFilter::POST), read).options(write))
///     .route("/proxy", any(write));
/// ```
pub struct ScopedMethodRouter<S = ()> {
    pub(super) router: MethodRouter<S>,
    /// Without their path, which [`ScopedRouter::route`](super::ScopedRouter::route) sets.
    pub(super) routes: Vec<Route>,
}

/// For axum's `Router`. The handlers check the same requirement there.
impl<S> From<ScopedMethodRouter<S>> for MethodRouter<S> {
    fn from(methods: ScopedMethodRouter<S>) -> Self {
        methods.router
    }
}

/// The handlers of a path that [`ScopedRouter::route`](super::ScopedRouter::route) accepts: a [`ScopedMethodRouter`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` in a `ScopedRouter`, whose handlers must be checked",
    label = "expected a `ScopedMethodRouter`",
    note = "use `get`, `post` and the other functions of `scopes_runtime::router` in place of those of `axum::routing`",
    note = "add other services with `ScopedRouter::route_service`"
)]
pub trait ScopedMethods<S> {
    /// Returns the handlers.
    #[doc(hidden)]
    fn into_scoped(self) -> ScopedMethodRouter<S>;
}

#[diagnostic::do_not_recommend]
impl<S> ScopedMethods<S> for ScopedMethodRouter<S> {
    fn into_scoped(self) -> Self {
        self
    }
}

/// Routes all methods without a handler of their own. [`ScopedMethodRouter`] has an example.
pub fn any<H: HandlerFunction<T> + ScopedHandler<T, S> + Guarded<T, Guard: GuardIn<S>>, T, S>(
    handler: H,
) -> ScopedMethodRouter<S>
where
    T: 'static,
    S: Clone + Send + Sync + 'static,
{
    let (route, handler) = Route::of::<H::Guard, _, _>("", Methods::Any, &Enforced::new(handler));
    ScopedMethodRouter { router: axum::routing::any(handler), routes: vec![route] }
}

/// Routes each method of the filter: `on(MethodFilter::GET.or(MethodFilter::POST), handler)`. Each is an operation of its own.
/// [`ScopedMethodRouter`] has an example.
pub fn on<H: HandlerFunction<T> + ScopedHandler<T, S> + Guarded<T, Guard: GuardIn<S>>, T, S>(
    filter: MethodFilter,
    handler: H,
) -> ScopedMethodRouter<S>
where
    T: 'static,
    S: Clone + Send + Sync + 'static,
{
    ScopedMethodRouter::new().on(filter, handler)
}

/// Returns the methods of a filter.
fn methods(filter: MethodFilter) -> impl Iterator<Item = (Method, MethodFilter)> {
    let all = [
        (Method::CONNECT, MethodFilter::CONNECT),
        (Method::DELETE, MethodFilter::DELETE),
        (Method::GET, MethodFilter::GET),
        (Method::HEAD, MethodFilter::HEAD),
        (Method::OPTIONS, MethodFilter::OPTIONS),
        (Method::PATCH, MethodFilter::PATCH),
        (Method::POST, MethodFilter::POST),
        (Method::PUT, MethodFilter::PUT),
        (Method::TRACE, MethodFilter::TRACE),
    ];
    all.into_iter().filter(move |(_, one)| filter.or(*one) == filter)
}

/// Routes `CONNECT`. OpenAPI has no such operation. [`ScopedMethodRouter`] has an example.
pub fn connect<H: HandlerFunction<T> + ScopedHandler<T, S> + Guarded<T, Guard: GuardIn<S>>, T, S>(
    handler: H,
) -> ScopedMethodRouter<S>
where
    T: 'static,
    S: Clone + Send + Sync + 'static,
{
    ScopedMethodRouter::new().connect(handler)
}

/// Routes `DELETE`. [`ScopedMethodRouter`] has an example.
pub fn delete<H: HandlerFunction<T> + ScopedHandler<T, S> + Guarded<T, Guard: GuardIn<S>>, T, S>(
    handler: H,
) -> ScopedMethodRouter<S>
where
    T: 'static,
    S: Clone + Send + Sync + 'static,
{
    ScopedMethodRouter::new().delete(handler)
}

/// Routes `GET`, and `HEAD` if it has no handler of its own. [`ScopedMethodRouter`] has an example.
pub fn get<H: HandlerFunction<T> + ScopedHandler<T, S> + Guarded<T, Guard: GuardIn<S>>, T, S>(
    handler: H,
) -> ScopedMethodRouter<S>
where
    T: 'static,
    S: Clone + Send + Sync + 'static,
{
    ScopedMethodRouter::new().get(handler)
}

/// Routes `HEAD`. [`ScopedMethodRouter`] has an example.
pub fn head<H: HandlerFunction<T> + ScopedHandler<T, S> + Guarded<T, Guard: GuardIn<S>>, T, S>(
    handler: H,
) -> ScopedMethodRouter<S>
where
    T: 'static,
    S: Clone + Send + Sync + 'static,
{
    ScopedMethodRouter::new().head(handler)
}

/// Routes `OPTIONS`. [`ScopedMethodRouter`] has an example.
pub fn options<H: HandlerFunction<T> + ScopedHandler<T, S> + Guarded<T, Guard: GuardIn<S>>, T, S>(
    handler: H,
) -> ScopedMethodRouter<S>
where
    T: 'static,
    S: Clone + Send + Sync + 'static,
{
    ScopedMethodRouter::new().options(handler)
}

/// Routes `PATCH`. [`ScopedMethodRouter`] has an example.
pub fn patch<H: HandlerFunction<T> + ScopedHandler<T, S> + Guarded<T, Guard: GuardIn<S>>, T, S>(
    handler: H,
) -> ScopedMethodRouter<S>
where
    T: 'static,
    S: Clone + Send + Sync + 'static,
{
    ScopedMethodRouter::new().patch(handler)
}

/// Routes `POST`. [`ScopedMethodRouter`] has an example.
pub fn post<H: HandlerFunction<T> + ScopedHandler<T, S> + Guarded<T, Guard: GuardIn<S>>, T, S>(
    handler: H,
) -> ScopedMethodRouter<S>
where
    T: 'static,
    S: Clone + Send + Sync + 'static,
{
    ScopedMethodRouter::new().post(handler)
}

/// Routes `PUT`. [`ScopedMethodRouter`] has an example.
pub fn put<H: HandlerFunction<T> + ScopedHandler<T, S> + Guarded<T, Guard: GuardIn<S>>, T, S>(
    handler: H,
) -> ScopedMethodRouter<S>
where
    T: 'static,
    S: Clone + Send + Sync + 'static,
{
    ScopedMethodRouter::new().put(handler)
}

/// Routes `TRACE`. [`ScopedMethodRouter`] has an example.
pub fn trace<H: HandlerFunction<T> + ScopedHandler<T, S> + Guarded<T, Guard: GuardIn<S>>, T, S>(
    handler: H,
) -> ScopedMethodRouter<S>
where
    T: 'static,
    S: Clone + Send + Sync + 'static,
{
    ScopedMethodRouter::new().trace(handler)
}

impl<S> ScopedMethodRouter<S>
where
    S: Clone + Send + Sync + 'static,
{
    fn new() -> Self {
        Self { router: MethodRouter::new(), routes: Vec::new() }
    }

    /// Routes `CONNECT`. OpenAPI has no such operation.
    ///
    /// # Panics
    ///
    /// Panics as [`on`](Self::on) does.
    #[must_use]
    #[track_caller]
    pub fn connect<
        H: HandlerFunction<T> + ScopedHandler<T, S> + Guarded<T, Guard: GuardIn<S>>,
        T: 'static,
    >(
        self,
        handler: H,
    ) -> Self {
        self.on(MethodFilter::CONNECT, handler)
    }

    /// Routes `DELETE`.
    ///
    /// # Panics
    ///
    /// Panics as [`on`](Self::on) does.
    #[must_use]
    #[track_caller]
    pub fn delete<H: HandlerFunction<T> + ScopedHandler<T, S> + Guarded<T, Guard: GuardIn<S>>, T: 'static>(
        self,
        handler: H,
    ) -> Self {
        self.on(MethodFilter::DELETE, handler)
    }

    /// Routes `GET`, and `HEAD` if it has no handler of its own.
    ///
    /// # Panics
    ///
    /// Panics as [`on`](Self::on) does.
    #[must_use]
    #[track_caller]
    pub fn get<H: HandlerFunction<T> + ScopedHandler<T, S> + Guarded<T, Guard: GuardIn<S>>, T: 'static>(
        self,
        handler: H,
    ) -> Self {
        self.on(MethodFilter::GET, handler)
    }

    /// Routes `HEAD`.
    ///
    /// # Panics
    ///
    /// Panics as [`on`](Self::on) does.
    #[must_use]
    #[track_caller]
    pub fn head<H: HandlerFunction<T> + ScopedHandler<T, S> + Guarded<T, Guard: GuardIn<S>>, T: 'static>(
        self,
        handler: H,
    ) -> Self {
        self.on(MethodFilter::HEAD, handler)
    }

    /// Routes `OPTIONS`.
    ///
    /// # Panics
    ///
    /// Panics as [`on`](Self::on) does.
    #[must_use]
    #[track_caller]
    pub fn options<
        H: HandlerFunction<T> + ScopedHandler<T, S> + Guarded<T, Guard: GuardIn<S>>,
        T: 'static,
    >(
        self,
        handler: H,
    ) -> Self {
        self.on(MethodFilter::OPTIONS, handler)
    }

    /// Routes `PATCH`.
    ///
    /// # Panics
    ///
    /// Panics as [`on`](Self::on) does.
    #[must_use]
    #[track_caller]
    pub fn patch<H: HandlerFunction<T> + ScopedHandler<T, S> + Guarded<T, Guard: GuardIn<S>>, T: 'static>(
        self,
        handler: H,
    ) -> Self {
        self.on(MethodFilter::PATCH, handler)
    }

    /// Routes `POST`.
    ///
    /// # Panics
    ///
    /// Panics as [`on`](Self::on) does.
    #[must_use]
    #[track_caller]
    pub fn post<H: HandlerFunction<T> + ScopedHandler<T, S> + Guarded<T, Guard: GuardIn<S>>, T: 'static>(
        self,
        handler: H,
    ) -> Self {
        self.on(MethodFilter::POST, handler)
    }

    /// Routes `PUT`.
    ///
    /// # Panics
    ///
    /// Panics as [`on`](Self::on) does.
    #[must_use]
    #[track_caller]
    pub fn put<H: HandlerFunction<T> + ScopedHandler<T, S> + Guarded<T, Guard: GuardIn<S>>, T: 'static>(
        self,
        handler: H,
    ) -> Self {
        self.on(MethodFilter::PUT, handler)
    }

    /// Routes `TRACE`.
    ///
    /// # Panics
    ///
    /// Panics as [`on`](Self::on) does.
    #[must_use]
    #[track_caller]
    pub fn trace<H: HandlerFunction<T> + ScopedHandler<T, S> + Guarded<T, Guard: GuardIn<S>>, T: 'static>(
        self,
        handler: H,
    ) -> Self {
        self.on(MethodFilter::TRACE, handler)
    }

    /// Routes each method of the filter. Each is an operation of its own.
    ///
    /// # Panics
    ///
    /// Panics as `MethodRouter::on` does: if a method already has a handler.
    #[must_use]
    #[track_caller]
    pub fn on<H: HandlerFunction<T> + ScopedHandler<T, S> + Guarded<T, Guard: GuardIn<S>>, T: 'static>(
        mut self,
        filter: MethodFilter,
        handler: H,
    ) -> Self {
        let handler = Enforced::new(handler);
        for (method, one) in methods(filter) {
            let (route, handler) = Route::of::<H::Guard, _, _>("", Methods::One(method), &handler);
            self.routes.push(route);
            self.router = self.router.on(one, handler);
        }
        self
    }

    /// Sets the handler of the methods without a handler of their own, in place of one of [`any`]. The report has it as
    /// `OTHER`, and documents do not have it. [`ScopedRouter::require`](super::ScopedRouter::require) applies to it.
    #[must_use]
    pub fn fallback<
        H: HandlerFunction<T> + ScopedHandler<T, S> + Guarded<T, Guard: GuardIn<S>>,
        T: 'static,
    >(
        mut self,
        handler: H,
    ) -> Self {
        let (route, handler) = Route::of::<H::Guard, _, _>("", Methods::Other, &Enforced::new(handler));
        self.routes.retain(|route| matches!(route.operation.methods, Methods::One(_)));
        self.routes.push(route);
        Self { router: self.router.fallback(handler), ..self }
    }

    /// Adds the handlers of another method router.
    ///
    /// # Panics
    ///
    /// Panics as `MethodRouter::merge` does: if both have a handler for the same method, or a fallback.
    #[must_use]
    #[track_caller]
    pub fn merge(mut self, other: Self) -> Self {
        self.routes.extend(other.routes);
        Self { router: self.router.merge(other.router), ..self }
    }

    /// Adds a middleware around the handlers so far. It runs before tokens are checked.
    #[must_use]
    pub fn layer<L>(self, layer: L) -> Self
    where
        L: Layer<axum::routing::Route> + Clone + Send + Sync + 'static,
        L::Service: Service<Request> + Clone + Send + Sync + 'static,
        <L::Service as Service<Request>>::Response: IntoResponse + 'static,
        <L::Service as Service<Request>>::Error: Into<Infallible> + 'static,
        <L::Service as Service<Request>>::Future: Send + 'static,
    {
        Self { router: self.router.layer(BeforeCheck(layer)), ..self }
    }
}

impl<S> fmt::Debug for ScopedMethodRouter<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("ScopedMethodRouter").field(&self.router).finish()
    }
}
