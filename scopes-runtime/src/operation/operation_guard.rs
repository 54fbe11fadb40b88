use super::Access;
use crate::http::{AuthenticatedBy, Authorized, HandlerInfo, Public};
use crate::scope::Requirements;

/// The first argument of a handler with one of the attributes: [`Authorized`], [`AuthenticatedBy`] or [`Public`].
pub trait OperationGuard {
    /// The hidden type of the handler.
    type Handler: HandlerInfo;

    /// Returns who may call the handler.
    fn access() -> Access;
}

impl<O: HandlerInfo> OperationGuard for Authorized<O> {
    type Handler = O;

    fn access() -> Access {
        Access::Scoped(O::REQUIREMENT.into())
    }
}

impl<O: HandlerInfo> OperationGuard for AuthenticatedBy<O> {
    type Handler = O;

    fn access() -> Access {
        Access::Authenticated { credentials: Requirements::from(O::REQUIREMENT).credentials() }
    }
}

impl<O: HandlerInfo> OperationGuard for Public<O> {
    type Handler = O;

    fn access() -> Access {
        Access::Public { accepts_token: O::SOURCE.accepts_token, reason: O::SOURCE.reason }
    }
}
