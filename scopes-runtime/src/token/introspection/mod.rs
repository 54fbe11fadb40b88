//! Opaque access tokens, by token introspection (RFC 7662).

mod builder;
mod decoder;
mod endpoint;
mod error;
mod response;

pub use builder::IntrospectionDecoderBuilder;
pub use decoder::IntrospectionDecoder;
pub use error::IntrospectionDecoderError;
