//! What the types in a handler's signature say about its request and its responses.

use std::marker::PhantomData;

/// Adds a type to a description. `None` for a type that describes nothing.
pub type Describe = Option<fn(&mut SignatureDescription)>;

/// The descriptions of the types in a signature.
#[cfg(feature = "openapi")]
#[derive(Default)]
pub struct SignatureDescription {
    pub(crate) request_body: Option<utoipa::openapi::request_body::RequestBody>,
    /// Those of the query, and those of the path by name.
    pub(crate) parameters: Vec<utoipa::openapi::path::Parameter>,
    /// The schemas of the path's parameters by position. `None` for a type without a schema.
    pub(crate) path_values: Vec<Option<utoipa::openapi::RefOr<utoipa::openapi::Schema>>>,
    /// The status, or the range of statuses, and the response.
    pub(crate) response: Option<(&'static str, utoipa::openapi::Response)>,
    /// The components that the others refer to.
    pub(crate) schemas: Vec<(String, utoipa::openapi::RefOr<utoipa::openapi::Schema>)>,
}

/// Nothing reads it.
#[cfg(not(feature = "openapi"))]
pub enum SignatureDescription {}

impl SignatureDescription {
    #[cfg(feature = "openapi")]
    fn skip_path_value(&mut self) {
        self.path_values.push(None);
    }

    #[cfg(not(feature = "openapi"))]
    fn skip_path_value(&mut self) {
        match *self {}
    }
}

/// An extractor that describes the body, the query, or parameters of the path by name.
pub trait DescribedRequest {
    /// Adds the type.
    fn describe(all: &mut SignatureDescription);
}

/// The extractor of a path with one parameter that describes it.
pub trait DescribedPathValue {
    /// Adds the type.
    fn describe(all: &mut SignatureDescription);
}

/// A return type that describes the response.
pub trait DescribedResponse {
    /// Adds the type.
    fn describe(all: &mut SignatureDescription);
}

/// Finds the description of a type, in the same way as [`RequirementOf`](super::RequirementOf): the inherent constants exist
/// for types with one of the traits, and [`NoDescription`] has those of all other types.
pub struct DescriptionOf<T: ?Sized>(PhantomData<T>);

impl<T: DescribedRequest> DescriptionOf<T> {
    /// Describes the request.
    pub const __SCOPES_REQUEST: Describe = Some(T::describe);
}

impl<T: DescribedPathValue> DescriptionOf<T> {
    /// Describes the next parameter of the path.
    pub const __SCOPES_PATH_VALUE: Describe = Some(T::describe);
}

impl<T: DescribedResponse> DescriptionOf<T> {
    /// Describes the response.
    pub const __SCOPES_RESPONSE: Describe = Some(T::describe);
}

/// The constants of [`DescriptionOf`] for types that say nothing.
pub trait NoDescription {
    /// Nothing about the request.
    const __SCOPES_REQUEST: Describe = None;
    /// Nothing about the next parameter of the path, which the description skips.
    const __SCOPES_PATH_VALUE: Describe = Some(SignatureDescription::skip_path_value);
    /// Nothing about the response.
    const __SCOPES_RESPONSE: Describe = None;
}

impl<T: ?Sized> NoDescription for DescriptionOf<T> {}
