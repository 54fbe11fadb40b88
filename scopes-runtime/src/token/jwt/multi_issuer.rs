use std::fmt;
use std::sync::Arc;

use super::JwtDecoder;
use super::JwtDecoderError;
use super::jws::Jws;
use crate::token::{AccessToken, DecodeError, DecodeFuture, TokenDecoder};

/// Several issuers for one server, each with its own keys, audience and rules: a token is decoded by the decoder of the
/// issuer that its `iss` names, and by no other (RFC 8725 section 3.8).
///
/// Each issuer may grant every scope of the API, unless [`may_grant`](crate::JwtDecoderBuilder::may_grant) limits it.
///
/// ```
/// use scopes_runtime::{MultiIssuerDecoder, JwtDecoder, JwtDecoderError, ResourceServer};
///
/// # fn f(staff: JwtDecoder, customers: JwtDecoder) -> Result<ResourceServer, JwtDecoderError> {
/// let server = ResourceServer::new(MultiIssuerDecoder::new([staff, customers])?);
/// # Ok(server) }
/// ```
#[derive(Clone)]
pub struct MultiIssuerDecoder {
    decoders: Vec<JwtDecoder>,
    opaque: Option<Arc<dyn TokenDecoder>>,
}

impl MultiIssuerDecoder {
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
    pub fn opaque_tokens(mut self, decoder: impl TokenDecoder) -> Self {
        self.opaque = Some(Arc::new(decoder));
        self
    }

    /// The decoder of a token that is no JWT. A JWT has three parts (RFC 7515 section 7.1), and no other token with three
    /// parts is accepted, neither decoded nor from a cache: `opaque` may be shared with a server that accepts them.
    fn opaque_decoder(&self, token: &str) -> Option<&dyn TokenDecoder> {
        self.opaque.as_deref().filter(|_| token.matches('.').count() != 2)
    }

    async fn decode_by_issuer(&self, token: &str) -> Result<AccessToken, DecodeError> {
        if let Some(opaque) = self.opaque_decoder(token) {
            return opaque.decode(token).await;
        }
        let jws = Jws::split(token)?;
        let issuer = jws.unverified_issuer()?;
        let decoder = self.decoders.iter().find(|decoder| *decoder.issuer == *issuer);
        let decoder = decoder
            .ok_or_else(|| DecodeError::invalid("the claim `iss` is not an issuer that is configured"))?;
        // Checks `iss` again, among the claims that are verified.
        decoder.decode_jws(token, &jws).await
    }
}

impl TokenDecoder for MultiIssuerDecoder {
    fn decode<'a>(&'a self, token: &'a str) -> DecodeFuture<'a> {
        Box::pin(self.decode_by_issuer(token))
    }

    /// Takes the same way as [`decode`](TokenDecoder::decode). A `JwtDecoder` caches only tokens with its own issuer in
    /// `iss`, and no two have the same issuer, so the one that has the token is the one that `iss` names.
    fn cached(&self, token: &str) -> Option<AccessToken> {
        match self.opaque_decoder(token) {
            Some(opaque) => opaque.cached(token),
            None => self.decoders.iter().find_map(|decoder| decoder.cached(token)),
        }
    }
}

impl fmt::Debug for MultiIssuerDecoder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("MultiIssuerDecoder").field(&self.decoders).finish()
    }
}
