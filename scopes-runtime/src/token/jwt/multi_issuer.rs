use std::fmt;
use std::sync::Arc;

use super::decoder::JwtDecoder;
use super::error::JwtDecoderError;
use crate::shown_url::shown_url;
use crate::token::claims::unknown_issuer;
use crate::token::jose::Jws;
use crate::token::{AccessToken, DecodeError, DecodeFuture, TokenDecoder};

/// Decodes the tokens of several issuers, each with its own keys, audience and profile.
///
/// The decoder of the issuer in `iss` decodes a token, and no other one (RFC 8725 section 3.8). Each issuer may grant every
/// scope of the API, unless [`may_grant`](crate::JwtDecoderBuilder::may_grant) limits it.
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
    /// Creates a decoder from one decoder for each issuer.
    ///
    /// # Errors
    ///
    /// - [`JwtDecoderError::NoDecoders`] if there are none.
    /// - [`JwtDecoderError::RepeatedIssuer`] if two decoders have the same issuer.
    pub fn new(decoders: impl IntoIterator<Item = JwtDecoder>) -> Result<Self, JwtDecoderError> {
        let mut all: Vec<JwtDecoder> = Vec::new();
        for decoder in decoders {
            if all.iter().any(|other| other.issuer() == decoder.issuer()) {
                return Err(JwtDecoderError::RepeatedIssuer { issuer: shown_url(decoder.issuer()) });
            }
            all.push(decoder);
        }
        if all.is_empty() {
            return Err(JwtDecoderError::NoDecoders);
        }
        Ok(Self { decoders: all, opaque: None })
    }

    /// Sets the decoder for tokens that are not JWTs. Default: none, such tokens are refused.
    #[must_use]
    pub fn opaque_tokens(mut self, decoder: impl TokenDecoder) -> Self {
        self.opaque = Some(Arc::new(decoder));
        self
    }

    /// Returns the decoder for a token that is not a JWT. A JWT has three parts (RFC 7515 section 7.1). `opaque` never gets a
    /// token with three parts, not even from its cache: it may be shared with a server that accepts them.
    fn opaque_decoder(&self, token: &str) -> Option<&dyn TokenDecoder> {
        self.opaque.as_deref().filter(|_| token.matches('.').count() != 2)
    }

    async fn decode_token(&self, token: &str) -> Result<AccessToken, DecodeError> {
        if let Some(opaque) = self.opaque_decoder(token) {
            return opaque.decode(token).await;
        }
        let jws = Jws::split(token)?;
        let issuer = jws.unverified_issuer()?;
        let decoder = self.decoders.iter().find(|decoder| *decoder.issuer() == *issuer);
        let configured = || self.decoders.iter().map(JwtDecoder::issuer);
        let decoder = decoder.ok_or_else(|| unknown_issuer(&issuer, configured()))?;
        // Checks `iss` again, in the verified payload.
        decoder.decode_jws(token, &jws).await
    }
}

impl TokenDecoder for MultiIssuerDecoder {
    fn decode<'a>(&'a self, token: &'a str) -> DecodeFuture<'a> {
        Box::pin(self.decode_token(token))
    }

    /// Selects the same decoder as [`decode`](TokenDecoder::decode), without reading `iss`: a `JwtDecoder` caches only tokens
    /// of its own issuer, and no two have the same issuer.
    fn cached(&self, token: &str) -> Option<AccessToken> {
        match self.opaque_decoder(token) {
            Some(opaque) => opaque.cached(token),
            None => self.decoders.iter().find_map(|decoder| decoder.cached(token)),
        }
    }

    /// Only without a decoder of opaque tokens, whose cache may contain other text than token68.
    fn cached_bytes(&self, token: &[u8]) -> Option<Option<AccessToken>> {
        self.opaque.is_none().then(|| self.decoders.iter().find_map(|decoder| decoder.lookup(token)))
    }
}

impl fmt::Debug for MultiIssuerDecoder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("MultiIssuerDecoder").field(&self.decoders).finish()
    }
}
