//! Descriptions of requests and responses from the types in the signature of a handler without `#[utoipa::path]`: those of
//! axum, if their contents implement `ToSchema` or `IntoParams`.

use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{Html, NoContent};
use axum::{Form, Json};
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::request_body::{RequestBody, RequestBodyBuilder};
use utoipa::openapi::schema::{SchemaType, Type};
use utoipa::openapi::{Content, ContentBuilder, Object, RefOr, Required, Response, ResponseBuilder, Schema};
use utoipa::{IntoParams, ToSchema};

use super::body_schema::{Components, SchemaOf, SchemaPosition};
use crate::http::{DescribedPathValue, DescribedRequest, DescribedResponse, SignatureDescription};

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";
const TEXT: &str = "text/plain";
const HTML: &str = "text/html";

macro_rules! requests {
    ($($extractor:ident $media_type:ident,)*) => {
        $(
            impl<T, A: SchemaOf<T>> DescribedRequest<A> for $extractor<T> {
                fn describe(all: &mut SignatureDescription) {
                    all.set_body::<T, A>($media_type, Required::True);
                }
            }

            impl<T, A: SchemaOf<T>> DescribedRequest<A> for Option<$extractor<T>> {
                fn describe(all: &mut SignatureDescription) {
                    all.set_body::<T, A>($media_type, Required::False);
                }
            }
        )*
    };
}

requests! {
    Json JSON,
    Form FORM,
}

impl<T: IntoParams, A> DescribedRequest<A> for Query<T> {
    fn describe(all: &mut SignatureDescription) {
        all.parameters.extend(T::into_params(|| Some(ParameterIn::Query)));
    }
}

impl<T: IntoParams, A> DescribedRequest<A> for Path<T> {
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
impl<T: DescribedRequest<A>, E, A> DescribedRequest<A> for Result<T, E> {
    fn describe(all: &mut SignatureDescription) {
        T::describe(all);
    }
}

macro_rules! responses {
    ($([$($generic:tt)*] $output:ty: $describe:expr,)*) => {
        $(
            impl<$($generic)*> DescribedResponse<A> for $output {
                fn describe(all: &mut SignatureDescription) {
                    let describe: fn(&mut SignatureDescription) = $describe;
                    describe(all);
                }
            }
        )*
    };
}

responses! {
    [A] (): |all| all.set_response("200", Response::new("Success.")),
    [A] NoContent: |all| all.set_response("204", Response::new("Success, without content.")),
    [A] String: |all| all.set_content::<String, ()>("200", TEXT),
    [A] &'static str: |all| all.set_content::<String, ()>("200", TEXT),
    [T, A] Html<T>: |all| all.set_content::<String, ()>("200", HTML),
    [T, A: SchemaOf<T>] Json<T>: |all| all.set_content::<T, A>("200", JSON),
    // The status is a value, which the type does not contain.
    [T, A: SchemaOf<T>] (StatusCode, Json<T>): |all| all.set_content::<T, A>("2XX", JSON),
    // The error's responses are not known.
    [T: DescribedResponse<A>, E, A] Result<T, E>: T::describe,
}

impl SignatureDescription {
    fn content<T, A: SchemaOf<T>>(&mut self) -> Content {
        ContentBuilder::new().schema(Some(A::schema(SchemaPosition::Body, &mut self.schemas))).build()
    }

    fn set_body<T, A: SchemaOf<T>>(&mut self, media_type: &str, required: Required) {
        let content = self.content::<T, A>();
        let body: RequestBody =
            RequestBodyBuilder::new().content(media_type, content).required(Some(required)).build();
        self.request_body = Some(body);
    }

    /// Adds the next parameter of the path, or those of a struct by name. Lists and maps describe no parameter.
    fn add_path_value<T: ToSchema>(&mut self) {
        let mut value = None;
        if let RefOr::T(Schema::Object(object)) = T::schema() {
            if is_text_or_number(&object.schema_type) {
                value = Some(path_value::<T>(&object, &mut self.schemas));
            } else if !object.properties.is_empty() {
                T::schemas(&mut self.schemas);
                let parameters = object.properties.into_iter();
                self.parameters.extend(parameters.map(|(name, schema)| path_parameter(&name, schema)));
            }
        }
        self.path_values.push(value);
    }

    fn set_content<T, A: SchemaOf<T>>(&mut self, status: &'static str, media_type: &str) {
        let content = self.content::<T, A>();
        let response = ResponseBuilder::new().description("Success.").content(media_type, content);
        self.set_response(status, response.build());
    }

    fn set_response(&mut self, status: &'static str, response: Response) {
        self.response = Some((status, response));
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

/// Returns the schema of a parameter. Only an enum of values has a component.
fn path_value<T: ToSchema>(object: &Object, components: &mut Components) -> RefOr<Schema> {
    let position = if object.enum_values.is_some() { SchemaPosition::Body } else { SchemaPosition::Inline };
    <() as SchemaOf<T>>::schema(position, components)
}
