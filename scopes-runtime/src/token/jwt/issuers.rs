use std::fmt;
use std::sync::Arc;

use serde_json::Value;

use super::JwtDecoder;
use super::builder::JwtDecoderError;
use super::jws::Jws;
use crate::token::{AccessToken, DecodeError, Decoding, TokenDecoder};

/// Several issuers for one server, each with its own keys, audience and rules: a token is decoded by the decoder of the
/// issuer that its `iss` names, and by no other (RFC 8725 section 3.8).
///
/// ```
/// use scopes_runtime::{Issuers, JwtDecoder, JwtDecoderError, ResourceServer};
///
/// # fn f(staff: JwtDecoder, customers: JwtDecoder) -> Result<ResourceServer, JwtDecoderError> {
/// let server = ResourceServer::new(Issuers::new([staff, customers])?);
/// # Ok(server) }
/// ```
#[derive(Clone)]
pub struct Issuers {
    decoders: Vec<JwtDecoder>,
    opaque: Option<Arc<dyn TokenDecoder>>,
}

impl Issuers {
    /// The issuers that the decoders are for.
    ///
    /// # Errors
    ///
    /// There is none, or two decoders are for one issuer: which of the two would decode its tokens?
    pub fn new(decoders: impl IntoIterator<Item = JwtDecoder>) -> Result<Self, JwtDecoderError> {
        let mut all: Vec<JwtDecoder> = Vec::new();
        for decoder in decoders {
            if all.iter().any(|other| other.issuer == decoder.issuer) {
                return Err(JwtDecoderError::RepeatedIssuer { issuer: decoder.issuer.into() });
            }
            all.push(decoder);
        }
        if all.is_empty() {
            return Err(JwtDecoderError::MissingIssuer);
        }
        Ok(Self { decoders: all, opaque: None })
    }

    /// Who decodes the tokens that are no JWTs, by introspection for example. Without it they are refused.
    #[must_use]
    pub fn opaque(mut self, decoder: impl TokenDecoder) -> Self {
        self.opaque = Some(Arc::new(decoder));
        self
    }

    async fn decode_whole(&self, token: &str) -> Result<AccessToken, DecodeError> {
        // A JWT has three parts (RFC 7515 section 7.1); what has as many is never taken for anything else.
        if let Some(opaque) = self.opaque.as_ref().filter(|_| token.matches('.').count() != 2) {
            return opaque.decode(token).await;
        }
        let jws = Jws::split(token)?;
        let claims = jws.payload()?;
        // Nothing is verified yet: this says who would have to have signed the token.
        let issuer = claims.get("iss").and_then(Value::as_str);
        let decoder = self.decoders.iter().find(|decoder| issuer == Some(&*decoder.issuer));
        let decoder = decoder
            .ok_or_else(|| DecodeError::invalid("the claim `iss` is not an issuer that is configured"))?;
        decoder.decode_jws(token, &jws, || Ok(claims)).await
    }
}

impl TokenDecoder for Issuers {
    fn decode<'a>(&'a self, token: &'a str) -> Decoding<'a> {
        Box::pin(self.decode_whole(token))
    }

    /// Each has decoded what it remembers, so `iss` need not be read again.
    fn recall(&self, token: &str) -> Option<AccessToken> {
        let of_issuers = self.decoders.iter().find_map(|decoder| decoder.recall(token));
        of_issuers.or_else(|| self.opaque.as_ref()?.recall(token))
    }
}

impl fmt::Debug for Issuers {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Issuers").field(&self.decoders).finish()
    }
}
