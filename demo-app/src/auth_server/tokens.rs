//! Access tokens: the verifier of the accepted ones, and the signer if this program is the issuer.

use std::fmt;

use axum::{
    extract::{FromRef, FromRequestParts},
    http::request::Parts,
};
use scopes_runtime::{
    Algorithm, Jwks, JwtDecoder, JwtDecoderBuilder, JwtDecoderError, KeyError, ResourceServer,
    VerificationKey,
    bound::{Dpop, DpopError, RedisReplayStore, RedisReplayStoreError},
};

use crate::{
    auth_server::{
        dpop::DpopMode,
        jwt_secret::JwtSecret,
        signer::Signer,
        signing_key::{SigningKey, SigningKeyError},
    },
    error::ApiError,
    token_issuer::{ExternalIssuer, TokenIssuer},
};

/// Issues and verifies access tokens.
#[derive(Clone)]
pub struct Tokens {
    pub(crate) issuer: TokenIssuer,
    pub(crate) resource_server: ResourceServer,
    /// `None` for an external issuer.
    signer: Option<Signer>,
}

/// An invalid configuration of access tokens.
#[derive(Debug, thiserror::Error)]
pub enum TokensError {
    /// The secret cannot be used with HS256.
    #[error("the secret of --jwt-secret or DEMO_JWT_SECRET is refused: {0}")]
    Secret(#[from] KeyError),
    /// The signing key cannot be used.
    #[error(transparent)]
    SigningKey(#[from] SigningKeyError),
    /// The URL of the external issuer cannot be used.
    #[error("the issuer of --issuer-url or DEMO_ISSUER_URL is refused: {0}")]
    Issuer(#[source] JwtDecoderError),
    /// The issuer or the audience is empty.
    #[error("--issuer (DEMO_ISSUER) or --audience (DEMO_AUDIENCE) is refused: {0}")]
    Decoder(#[from] JwtDecoderError),
    /// The issuer is not the URL of this API, which DPoP proofs contain.
    #[error("--issuer (DEMO_ISSUER) is refused with --dpop: {0}")]
    Dpop(#[from] DpopError),
    /// The audience is not the URL of this API, which DPoP proofs contain.
    #[error("--audience (DEMO_AUDIENCE) is refused with --issuer-url and --dpop: {0}")]
    DpopAudience(#[source] DpopError),
    /// There are no proofs to store.
    #[error(
        "--redis (DEMO_REDIS_URL) is refused: it stores used DPoP proofs, so set --dpop accepted or --dpop required"
    )]
    RedisWithoutDpop,
    /// The URL of the replay store cannot be used.
    #[error("--redis (DEMO_REDIS_URL) is refused: {0}")]
    Redis(#[from] RedisReplayStoreError),
}

impl Tokens {
    /// Signs tokens with a secret (HS256) and verifies them. With DPoP, the issuer is the URL of this API, and the used proofs
    /// are on the Redis server, or in memory.
    ///
    /// # Errors
    ///
    /// - [`TokensError::Secret`] if the secret is shorter than 32 bytes or a PEM document.
    /// - [`TokensError::Decoder`] if the issuer or the audience is empty.
    /// - [`TokensError::Dpop`] if the issuer is not an `http` or `https` URL without user name, query and fragment.
    /// - [`TokensError::RedisWithoutDpop`] if there is a Redis server, and DPoP is off.
    /// - [`TokensError::Redis`] if the URL is not one of a Redis server.
    pub fn signed_with_secret(
        issuer: String,
        audience: String,
        secret: &JwtSecret,
        dpop: DpopMode,
        redis: Option<&str>,
    ) -> Result<Self, TokensError> {
        let key = VerificationKey::from_secret(Algorithm::HS256, secret.as_bytes())?;
        let proofs = stored_on(redis, proofs(&issuer, dpop)?)?;
        let resource_server = resource_server(decoder(&issuer, &audience).key(key), proofs)?;
        let signer = Signer::with_secret(issuer, audience, secret, dpop);
        Ok(Self { issuer: TokenIssuer::Secret, resource_server, signer: Some(signer) })
    }

    /// Signs tokens with a private key and verifies them. With DPoP, the issuer is the URL of this API, and the used proofs are
    /// on the Redis server, or in memory.
    ///
    /// # Errors
    ///
    /// - [`TokensError::Decoder`] if the issuer or the audience is empty.
    /// - [`TokensError::Dpop`] if the issuer is not an `http` or `https` URL without user name, query and fragment.
    /// - [`TokensError::RedisWithoutDpop`] if there is a Redis server, and DPoP is off.
    /// - [`TokensError::Redis`] if the URL is not one of a Redis server.
    pub fn signed_with_key(
        issuer: String,
        audience: String,
        key: SigningKey,
        dpop: DpopMode,
        redis: Option<&str>,
    ) -> Result<Self, TokensError> {
        let proofs = stored_on(redis, proofs(&issuer, dpop)?)?;
        let resource_server =
            resource_server(decoder(&issuer, &audience).key(key.verification_key()), proofs)?;
        let signer = Signer::with_key(issuer, audience, key, dpop);
        Ok(Self { issuer: TokenIssuer::Key, resource_server, signer: Some(signer) })
    }

    /// Verifies the tokens of another issuer with the keys that it publishes. With DPoP, the audience is the URL of this API,
    /// and the used proofs are on the Redis server, or in memory.
    ///
    /// # Errors
    ///
    /// - [`TokensError::Issuer`] if the URL is neither `https://` nor loopback, or the audience is empty.
    /// - [`TokensError::DpopAudience`] if the audience is not an `http` or `https` URL without user name, query and fragment.
    /// - [`TokensError::RedisWithoutDpop`] if there is a Redis server, and DPoP is off.
    /// - [`TokensError::Redis`] if the URL is not one of a Redis server.
    pub fn from_issuer(
        url: String,
        audience: String,
        dpop: DpopMode,
        redis: Option<&str>,
    ) -> Result<Self, TokensError> {
        let proofs = stored_on(redis, proofs(&audience, dpop).map_err(TokensError::DpopAudience)?)?;
        let decoder = decoder(&url, &audience).jwks(Jwks::discovery());
        let resource_server = resource_server(decoder, proofs).map_err(TokensError::Issuer)?;
        let issuer = TokenIssuer::External(ExternalIssuer::new(url));
        Ok(Self { issuer, resource_server, signer: None })
    }
}

fn decoder(issuer: &str, audience: &str) -> JwtDecoderBuilder {
    JwtDecoder::builder().issuer(issuer).audience(audience)
}

/// Returns how proofs are checked. `api` is the URL of this API.
fn proofs(api: &str, mode: DpopMode) -> Result<Option<Dpop>, DpopError> {
    Ok(match mode {
        DpopMode::Off => None,
        DpopMode::Accepted => Some(Dpop::new(api)?),
        DpopMode::Required => Some(Dpop::new(api)?.required()),
    })
}

/// Stores the used proofs on the Redis server, if there is one.
fn stored_on(redis: Option<&str>, dpop: Option<Dpop>) -> Result<Option<Dpop>, TokensError> {
    let Some(redis) = redis else { return Ok(dpop) };
    let dpop = dpop.ok_or(TokensError::RedisWithoutDpop)?;
    Ok(Some(dpop.replay_store(RedisReplayStore::new(redis)?)))
}

fn resource_server(
    decoder: JwtDecoderBuilder,
    dpop: Option<Dpop>,
) -> Result<ResourceServer, JwtDecoderError> {
    let server = match dpop {
        None => ResourceServer::builder(decoder.build()?),
        Some(dpop) => ResourceServer::builder(decoder.allow_bound_tokens().build()?).dpop(dpop),
    };
    Ok(server.realm("demo-app").build().expect("the realm is visible ASCII"))
}

/// Extracts the signer. Responds with 404 if the issuer is external: the routes that use it do not exist then.
impl<S> FromRequestParts<S> for Signer
where
    S: Send + Sync,
    Tokens: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(_: &mut Parts, state: &S) -> Result<Self, ApiError> {
        Tokens::from_ref(state).signer.ok_or(ApiError::NotFound)
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}
