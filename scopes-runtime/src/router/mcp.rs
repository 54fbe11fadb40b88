//! MCP servers in a router.

use std::convert::Infallible;

use axum::extract::Request;
use axum::response::IntoResponse;
use axum::routing::any;
use tower_service::Service;

use super::ScopedRouter;
use super::dpop_support::DpopSupport;
use super::route::{Route, check_combined};
use super::router_requirements::RouterRequirements;
use super::scoped_mcp::ScopedMcp;
use crate::http::ProvidesResourceServer;
use crate::mcp::McpEndpoint;
use crate::operation::{Access, Methods, Operation};
use crate::scope::Requirements;

impl<S> ScopedRouter<S>
where
    S: ProvidesResourceServer + Clone + Send + Sync + 'static,
{
    /// Serves a path by an MCP server: `router.route_mcp("/mcp", endpoint)`.
    ///
    /// A message that uses a tool, a prompt or a resource needs the endpoint's requirement and that of the item, and those of
    /// routers ([`require`](Self::require)). The router checks them before the service runs. The report has a line for each
    /// item: `TOOL /mcp#delete_note`.
    ///
    /// Requests with a valid token are read up to [`McpEndpoint::max_body_bytes`]. A longer one is refused with 413, one that
    /// is not JSON with 415, and one with 400 that is no message of MCP or repeats a member name. A request with another method
    /// than `POST` reaches the service without its body and the headers that describe it, and no request has `Upgrade`:
    /// messages on an upgraded connection would not be checked. `CONNECT` is refused with 405. A session id (`Mcp-Session-Id`)
    /// of another subject, client or value of a path parameter is 404. A stream is resumed within a session only.
    ///
    /// # Panics
    ///
    /// Panics as `Router::route` does, if an item and the endpoint have more than 64 alternatives together, and if no
    /// authentication context (`acr`) satisfies both.
    #[must_use]
    #[track_caller]
    pub fn route_mcp<T>(mut self, path: &str, endpoint: McpEndpoint<T>) -> Self
    where
        T: Service<Request, Error = Infallible> + Clone + Send + Sync + 'static,
        T::Response: IntoResponse,
        T::Future: Send + 'static,
    {
        let McpEndpoint { service, requirement, config } = endpoint;
        let own = Requirements::from(requirement);
        let dpop_support = || DpopSupport::new(|state: &S| Some(state.resource_server()));
        for (kind, name, of_item) in config.items.iter() {
            let path = format!("{path}#{name}");
            let requirements = own.with_parts([of_item]);
            check_combined(&path, &requirements, "its endpoint");
            let access = Access::Scoped(requirements);
            let operation = Operation { methods: Methods::Item(kind), path, handler: None, access };
            self.routes.push(Route { dpop_support: dpop_support(), ..Route::new(operation) });
        }
        let routers = RouterRequirements::default();
        self.routes.push(Route::scoped(path, Methods::Any, requirement, routers.clone(), dpop_support()));
        let service = ScopedMcp::new(service, requirement, config, S::resource_server, routers);
        Self { router: self.router.route(path, any(service)), ..self }
    }
}
