use std::marker::PhantomData;

use utoipa::__dev::{SchemaReferences, Tags};
use utoipa::Path;
use utoipa::openapi::path::{HttpMethod, Operation};
use utoipa::openapi::{RefOr, Schema};

use super::operation_access::add_access;
use super::refusals::PROBLEMS;
use super::scheme::SCHEME_NAME;
use super::security::OperationSecurity;
use crate::operation::OperationGuard;

/// The type that stands for a handler with `#[utoipa::path]`: the description that utoipa implements for `P`, with what the
/// handler's guard `G` requires. `#[derive(OpenApi)]`, `utoipa_axum` and generic code read it. `routes!` reads `P`, because the
/// document of a router adds the requirements of the handler and of its routers at once.
pub struct ScopedPath<P, G>(PhantomData<fn() -> (P, G)>);

impl<P: Path, G: OperationGuard> Path for ScopedPath<P, G> {
    fn path() -> String {
        P::path()
    }

    fn methods() -> Vec<HttpMethod> {
        P::methods()
    }

    fn operation() -> Operation {
        let mut operation = P::operation();
        let security = OperationSecurity::of_handler(G::access());
        add_access(&security, &mut operation, &[SCHEME_NAME], &PROBLEMS, None);
        operation
    }
}

impl<'t, P: Tags<'t>, G> Tags<'t> for ScopedPath<P, G> {
    fn tags() -> Vec<&'t str> {
        P::tags()
    }
}

impl<P: SchemaReferences, G> SchemaReferences for ScopedPath<P, G> {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        P::schemas(schemas);
    }
}
