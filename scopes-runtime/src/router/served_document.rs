use std::sync::{Arc, OnceLock};

use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use utoipa::openapi::OpenApi;

/// The JSON of a router's document. The conversion of the router into axum's sets it.
#[derive(Clone, Default)]
pub(super) struct ServedDocument(Arc<OnceLock<Bytes>>);

impl ServedDocument {
    pub(super) fn is_set(&self) -> bool {
        self.0.get().is_some()
    }

    pub(super) fn set_once(&self, document: &OpenApi) {
        self.0.get_or_init(|| document.to_json().expect("a document is JSON").into());
    }

    pub(super) fn response(&self) -> Response {
        let json = self.0.get().expect("the conversion into axum's router has set it").clone();
        ([(CONTENT_TYPE, "application/json")], json).into_response()
    }
}
