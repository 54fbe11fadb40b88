//! What the types in a handler's signature say about its request and its responses.

use std::marker::PhantomData;

/// Adds what a type says to a description. `None` for a type that says nothing.
pub type Describe = Option<fn(&mut SignatureDescription)>;

/// What the types in a signature say.
#[cfg(feature = "openapi")]
#[derive(Default)]
pub struct SignatureDescription {
    pub(crate) request_body: Option<utoipa::openapi::request_body::RequestBody>,
    pub(crate) parameters: Vec<utoipa::openapi::path::Parameter>,
    /// The status, or the range of statuses, and the response.
    pub(crate) response: Option<(&'static str, utoipa::openapi::Response)>,
    /// The components that the others refer to.
    pub(crate) schemas: Vec<(String, utoipa::openapi::RefOr<utoipa::openapi::Schema>)>,
}

/// Nothing reads it.
#[cfg(not(feature = "openapi"))]
pub enum SignatureDescription {}

/// An extractor that describes the body or the query.
pub trait DescribedRequest {
    /// Adds what the type says.
    fn describe(all: &mut SignatureDescription);
}

/// A return type that describes the response.
pub trait DescribedResponse {
    /// Adds what the type says.
    fn describe(all: &mut SignatureDescription);
}

/// Reads what a type says, in the same way as [`RequirementOf`](super::RequirementOf): the inherent constants exist for
/// types with one of the traits, and [`NoDescription`] has those of all other types.
pub struct DescriptionOf<T: ?Sized>(PhantomData<T>);

impl<T: DescribedRequest> DescriptionOf<T> {
    /// What the type says about the request.
    pub const __SCOPES_REQUEST: Describe = Some(T::describe);
}

impl<T: DescribedResponse> DescriptionOf<T> {
    /// What the type says about the response.
    pub const __SCOPES_RESPONSE: Describe = Some(T::describe);
}

/// The constants of [`DescriptionOf`] for types that say nothing.
pub trait NoDescription {
    /// Nothing about the request.
    const __SCOPES_REQUEST: Describe = None;
    /// Nothing about the response.
    const __SCOPES_RESPONSE: Describe = None;
}

impl<T: ?Sized> NoDescription for DescriptionOf<T> {}
