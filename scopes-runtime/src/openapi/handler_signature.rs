//! Descriptions of requests and responses from the types in the signature of a handler without `#[utoipa::path]`: those of
//! axum, if their contents implement `ToSchema` or `IntoParams`.

use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{Html, NoContent};
use axum::{Form, Json};
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::request_body::{RequestBody, RequestBodyBuilder};
use utoipa::openapi::schema::{SchemaType, Type};
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Required, Response, ResponseBuilder, Schema};
use utoipa::{IntoParams, ToSchema};

use crate::http::{DescribedPathValue, DescribedRequest, DescribedResponse, SignatureDescription};

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";
const TEXT: &str = "text/plain";
const HTML: &str = "text/html";

/// utoipa's names of types that contain another one. Their schemas are written where they are used.
const WRAPPERS: [&str; 6] = ["Option", "Box", "Arc", "Rc", "Cow", "RefCell"];

macro_rules! requests {
    ($($extractor:ident $media_type:ident,)*) => {
        $(
            impl<T: ToSchema> DescribedRequest for $extractor<T> {
                fn describe(all: &mut SignatureDescription) {
                    all.set_body::<T>($media_type, Required::True);
                }
            }

            impl<T: ToSchema> DescribedRequest for Option<$extractor<T>> {
                fn describe(all: &mut SignatureDescription) {
                    all.set_body::<T>($media_type, Required::False);
                }
            }
        )*
    };
}

requests! {
    Json JSON,
    Form FORM,
}

impl<T: IntoParams> DescribedRequest for Query<T> {
    fn describe(all: &mut SignatureDescription) {
        all.parameters.extend(T::into_params(|| Some(ParameterIn::Query)));
    }
}

impl<T: IntoParams> DescribedRequest for Path<T> {
    fn describe(all: &mut SignatureDescription) {
        for mut parameter in T::into_params(|| Some(ParameterIn::Path)) {
            parameter.parameter_in = ParameterIn::Path;
            parameter.required = Required::True;
            all.parameters.push(parameter);
        }
    }
}

impl<T: ToSchema> DescribedPathValue for Path<T> {
    fn describe(all: &mut SignatureDescription) {
        all.add_path_value::<T>();
    }
}

/// The rejection is a value of the handler.
impl<T: DescribedRequest, E> DescribedRequest for Result<T, E> {
    fn describe(all: &mut SignatureDescription) {
        T::describe(all);
    }
}

macro_rules! responses {
    ($([$($generic:tt)*] $output:ty: $describe:expr,)*) => {
        $(
            impl<$($generic)*> DescribedResponse for $output {
                fn describe(all: &mut SignatureDescription) {
                    let describe: fn(&mut SignatureDescription) = $describe;
                    describe(all);
                }
            }
        )*
    };
}

responses! {
    [] (): |all| all.set_response("200", Response::new("Success.")),
    [] NoContent: |all| all.set_response("204", Response::new("Success, without content.")),
    [] String: |all| all.set_content::<String>("200", TEXT),
    [] &'static str: |all| all.set_content::<String>("200", TEXT),
    [T] Html<T>: |all| all.set_content::<String>("200", HTML),
    [T: ToSchema] Json<T>: |all| all.set_content::<T>("200", JSON),
    // The status is a value, which the type does not contain.
    [T: ToSchema] (StatusCode, Json<T>): |all| all.set_content::<T>("2XX", JSON),
    // The error's responses are not known.
    [T: DescribedResponse, E] Result<T, E>: T::describe,
}

impl SignatureDescription {
    fn set_body<T: ToSchema>(&mut self, media_type: &str, required: Required) {
        let content = ContentBuilder::new().schema(Some(self.schema::<T>())).build();
        let body: RequestBody =
            RequestBodyBuilder::new().content(media_type, content).required(Some(required)).build();
        self.request_body = Some(body);
    }

    /// Adds the next parameter of the path, or those of a struct by name. Lists and maps describe no parameter.
    fn add_path_value<T: ToSchema>(&mut self) {
        let mut value = None;
        if let RefOr::T(Schema::Object(object)) = T::schema() {
            if is_text_or_number(&object.schema_type) {
                value = Some(self.schema::<T>());
            } else if !object.properties.is_empty() {
                T::schemas(&mut self.schemas);
                let parameters = object.properties.into_iter();
                self.parameters.extend(parameters.map(|(name, schema)| path_parameter(&name, schema)));
            }
        }
        self.path_values.push(value);
    }

    fn set_content<T: ToSchema>(&mut self, status: &'static str, media_type: &str) {
        let content = ContentBuilder::new().schema(Some(self.schema::<T>())).build();
        let response = ResponseBuilder::new().description("Success.").content(media_type, content);
        self.set_response(status, response.build());
    }

    fn set_response(&mut self, status: &'static str, response: Response) {
        self.response = Some((status, response));
    }

    /// Returns a reference to the component with the schema of the type, or the schema of a type that utoipa does not name.
    fn schema<T: ToSchema>(&mut self) -> RefOr<Schema> {
        T::schemas(&mut self.schemas);
        let (name, schema) = (T::name().into_owned(), T::schema());
        if WRAPPERS.contains(&&*name) || !is_named(&schema) {
            return schema;
        }
        let reference = Ref::from_schema_name(&name).into();
        self.schemas.push((name, schema));
        reference
    }
}

/// Returns a parameter of the path.
pub(super) fn path_parameter(name: &str, schema: impl Into<RefOr<Schema>>) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .schema(Some(schema))
        .build()
}

fn is_text_or_number(schema_type: &SchemaType) -> bool {
    let SchemaType::Type(schema_type) = schema_type else { return false };
    matches!(schema_type, Type::String | Type::Integer | Type::Number | Type::Boolean)
}

/// Returns whether the schema is that of a struct or an enum. Numbers, strings and collections have no component.
fn is_named(schema: &RefOr<Schema>) -> bool {
    match schema {
        RefOr::T(Schema::Object(object)) => {
            !object.properties.is_empty()
                || object.enum_values.is_some()
                || object.schema_type == SchemaType::Type(Type::Object)
                    && object.additional_properties.is_none()
        }
        RefOr::T(Schema::Array(_)) | RefOr::Ref(_) => false,
        RefOr::T(_) => true,
    }
}
