//! OpenAPI documents.

mod agreement;
mod aide;
mod descriptions;
mod document;
mod documented;
mod fragment;
mod scheme;
