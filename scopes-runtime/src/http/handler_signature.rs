//! Descriptions of a handler's request and response, from the types in its signature.

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
    /// The operation in `#[utoipa::path]`, which describes all of the above.
    pub(crate) attribute: Option<AttributeOperation>,
    /// The components that the others refer to.
    pub(crate) schemas: Vec<(String, utoipa::openapi::RefOr<utoipa::openapi::Schema>)>,
}

/// An operation as `#[utoipa::path]` describes it.
#[cfg(feature = "openapi")]
pub(crate) struct AttributeOperation {
    pub(crate) operation: utoipa::openapi::path::Operation,
    /// Whether the user wrote the operation id. Otherwise it is utoipa's: the handler's name.
    pub(crate) has_written_id: bool,
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

/// An extractor that describes the body, the query, or parameters of the path by name. `A` is the shape of the body's type.
pub trait DescribedRequest<A> {
    /// Adds the type.
    fn describe(all: &mut SignatureDescription);
}

/// The extractor of a path with one parameter that describes it.
pub trait DescribedPathValue {
    /// Adds the type.
    fn describe(all: &mut SignatureDescription);
}

/// A return type that describes the response. `A` is the shape of the body's type.
pub trait DescribedResponse<A> {
    /// Adds the type.
    fn describe(all: &mut SignatureDescription);
}

/// The shape of a generic type that is not one of the standard library. `A` is a tuple of its arguments, each as a pair of type
/// and shape.
pub struct Generic<A>(PhantomData<A>);

/// Finds the description of a type, in the same way as [`RequirementOf`](super::RequirementOf): the inherent constants exist
/// for types with one of the traits, and [`NoDescription`] has those of all other types.
///
/// The macros pass the shape of the body's type, which they read from the source: a tuple with the shapes of the arguments of
/// `Vec<T>`, `Option<T>`, `HashMap<K, V>` and others of the standard library, or of the elements of an array or tuple;
/// [`Generic`] for other types with arguments; `()` for types without arguments.
pub struct DescriptionOf<T: ?Sized, A = ()>(PhantomData<A>, PhantomData<T>);

impl<T: DescribedRequest<A>, A> DescriptionOf<T, A> {
    /// Describes the request.
    pub const __SCOPES_REQUEST: Describe = Some(T::describe);
}

impl<T: DescribedPathValue> DescriptionOf<T> {
    /// Describes the next parameter of the path.
    pub const __SCOPES_PATH_VALUE: Describe = Some(T::describe);
}

impl<T: DescribedResponse<A>, A> DescriptionOf<T, A> {
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
    /// Nothing about the operation, if utoipa's attribute is not in scope.
    const __SCOPES_ATTRIBUTE: Describe = None;
}

impl<T: ?Sized, A> NoDescription for DescriptionOf<T, A> {}

/// Returns the description of a type with its shape, or that of the type alone if it does not have this shape.
pub const fn shaped_or(shaped: Describe, whole: Describe) -> Describe {
    if shaped.is_some() { shaped } else { whole }
}
