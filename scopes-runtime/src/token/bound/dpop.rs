use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::memory_store::{MAX_PROOFS_PER_KEY, MemoryStore, Now, UsedProof};
use super::nonce::NonceKey;
use super::proof::{Expected, Proof};
use super::proof_key::ProofKeys;
use super::refusal::DpopRefusal;
use super::replay_store::ReplayStore;
use super::target::{below, normalized};
use super::thumbprint::sha256;
use crate::readable_debug::readable_debug;
use crate::shown_url::shown_url;
use crate::token::DecodeError;
use crate::token::jwt::install_crypto_provider;

const MIN_SECRET_BYTES: usize = 32;
/// When to retry a request whose proof could not be stored.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// DPoP (RFC 9449): accepts tokens that are bound to a key (`cnf.jkt`) together with a proof that the sender has the key.
///
/// [`ResourceServerBuilder::dpop`](crate::ResourceServerBuilder::dpop) turns it on. Requests have `Authorization: DPoP <token>`
/// and one header `DPoP` with the proof. All checks of RFC 9449 section 4.3 are made for each request, also if the token is
/// cached:
///
/// | part of the proof | check |
/// | --- | --- |
/// | length | at most 8 KiB; header at most 2 KiB |
/// | `typ`, `alg`, `jwk` | `dpop+jwt`; RS, PS 256, 384 or 512, ES256, ES384, EdDSA; a public key for `alg`, RSA of 2048 bits or more |
/// | `htm`, `htu` | the method, and the URL below the configured base without query; other spellings of one URL are equal |
/// | `iat` | at most 60 s in the past and 10 s in the future |
/// | `jti` | 1 to 256 bytes, not used before with the same key |
/// | `ath` | the SHA-256 of the token |
/// | `nonce` | of this server and less than 5 min old, if [`nonce_secret`](Self::nonce_secret) is set |
///
/// All checks of one request use up its proof once, also those of several servers with clones of one `Dpop`. A request that is
/// built from a copy of its extensions is a replay.
///
/// Up to 4096 different proof headers are cached with their keys, about 6 MiB with ES256, because a client sends the same
/// header with each proof.
///
/// A bound token with the scheme `Bearer` is refused, and so is a token without `cnf.jkt` with the scheme `DPoP`. The decoder
/// must accept bound tokens: [`JwtDecoderBuilder::allow_bound_tokens`](crate::JwtDecoderBuilder::allow_bound_tokens).
///
/// Clients in browsers need CORS headers; see the [guide](crate::guide::bound_tokens#browsers).
///
/// ```
/// use scopes_runtime::bound::{Dpop, DpopError};
/// use scopes_runtime::{ResourceServer, TokenDecoder};
///
/// # fn f(decoder: impl TokenDecoder) -> Result<(), Box<dyn std::error::Error>> {
/// let dpop = Dpop::new("https://api.example")?.required();
/// let server = ResourceServer::builder(decoder).dpop(dpop).build()?;
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Dpop {
    is_required: bool,
    checks: Arc<ProofChecks>,
}

/// What proofs are compared with.
#[derive(Clone)]
struct ProofChecks {
    base: String,
    nonces: Option<NonceKey>,
    max_proofs_per_key: usize,
    store: Store,
    keys: Arc<ProofKeys>,
}

#[derive(Clone)]
enum Store {
    Memory(Arc<MemoryStore>),
    Shared(Arc<dyn ReplayStore>),
}

/// The error of an invalid configuration of [`Dpop`].
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DpopError {
    /// The base, here without user name, password and query, is not the public URL of an API.
    #[error(
        "`{}` is not the public URL of an API: use the URL that clients send requests to, with `https://` or `http://`, \
         and without a user name, a query or a fragment",
        .0.escape_debug()
    )]
    BaseUrl(String),
    /// The secret is shorter than the hash that it is used with (RFC 2104 section 3).
    #[error(
        "the secret of the nonces has {0} bytes: use at least 32 random bytes, such as `openssl rand -hex 32` prints"
    )]
    ShortSecret(usize),
}

readable_debug!(DpopError);

/// The parts of a request that a proof is about.
#[derive(Clone, Copy)]
pub(crate) struct DpopRequest<'a> {
    pub(crate) method: &'a str,
    /// The path as the client has sent it, before a router removes a prefix.
    pub(crate) path: &'a str,
    /// The only line of the header `DPoP`, or `None` if there is no line, or several.
    pub(crate) proof: Option<&'a str>,
    pub(crate) token: &'a str,
    /// The thumbprint of the key that the token is bound to.
    pub(crate) thumbprint: &'a str,
}

impl Dpop {
    /// Accepts DPoP beside bearer tokens, for the API with this public URL.
    ///
    /// `htu` of a proof must be this URL followed by the path of the request. If a proxy removes a prefix of the path, the URL
    /// ends with the prefix. The header `Host` is not read, because a client may send any.
    ///
    /// # Errors
    ///
    /// [`DpopError::BaseUrl`] unless it is an `http` or `https` URL without user name, query and fragment.
    pub fn new(base_url: impl Into<String>) -> Result<Self, DpopError> {
        let url = base_url.into();
        let normal = normalized(&url).filter(|_| !url.contains(['?', '#']));
        let Some(mut base) = normal else { return Err(DpopError::BaseUrl(shown_url(&url))) };
        if base.ends_with('/') {
            base.pop();
        }
        install_crypto_provider();
        let store = Store::Memory(Arc::new(MemoryStore::new()));
        let keys = Arc::new(ProofKeys::new());
        let checks = ProofChecks { base, nonces: None, max_proofs_per_key: MAX_PROOFS_PER_KEY, store, keys };
        Ok(Self { is_required: false, checks: Arc::new(checks) })
    }

    /// Refuses bearer tokens. Default: bearer tokens that are not bound to a key are accepted.
    #[must_use]
    pub fn required(mut self) -> Self {
        self.is_required = true;
        self
    }

    /// Requires a nonce of this server in proofs (RFC 9449 section 9). Default: none.
    ///
    /// A request without a current one gets 401 `use_dpop_nonce` with a new one in `DPoP-Nonce`. Copies of the server accept
    /// each other's nonces if they have the same secret; nothing else is shared.
    ///
    /// # Errors
    ///
    /// [`DpopError::ShortSecret`] if the secret has less than 32 bytes.
    pub fn nonce_secret(mut self, secret: impl AsRef<[u8]>) -> Result<Self, DpopError> {
        let secret = secret.as_ref();
        if secret.len() < MIN_SECRET_BYTES {
            return Err(DpopError::ShortSecret(secret.len()));
        }
        Arc::make_mut(&mut self.checks).nonces = Some(NonceKey::new(secret));
        Ok(self)
    }

    /// Sets the store of used proofs. Default: the memory of the process, at most 262144 proofs of the last minute, and 16384
    /// of each key. A full store causes 503.
    #[must_use]
    pub fn replay_store(mut self, store: impl ReplayStore) -> Self {
        Arc::make_mut(&mut self.checks).store = Store::Shared(Arc::new(store));
        self
    }

    /// Limits the used proofs of one key in the memory of the process. Default: 16384, a sixteenth of all, which is enough for
    /// 200 requests a second. Further requests with this key get 503 until proofs expire.
    ///
    /// Without a limit, one client could fill the memory, so that all clients get 503. A client with many keys can still
    /// fill it; limit the rate of its tokens at the issuer. A [`replay_store`](Self::replay_store) has its own limits.
    ///
    /// ```
    /// use scopes_runtime::bound::{Dpop, DpopError};
    ///
    /// # fn f() -> Result<(), DpopError> {
    /// // A gateway with one key sends most of the requests.
    /// let dpop = Dpop::new("https://api.example")?.max_proofs_per_key(200_000);
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn max_proofs_per_key(mut self, limit: usize) -> Self {
        Arc::make_mut(&mut self.checks).max_proofs_per_key = limit;
        self
    }

    /// Returns the normalized base URL, without a slash at its end.
    #[cfg(feature = "testing")]
    pub(crate) fn base_url(&self) -> &str {
        &self.checks.base
    }

    pub(crate) fn is_required(&self) -> bool {
        self.is_required
    }

    /// Returns whether a proof that one of them has accepted needs no check by the other: one is a clone of the other.
    pub(crate) fn checks_like(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.checks, &other.checks)
    }

    /// Returns a new nonce, if proofs need one.
    pub(crate) fn nonce(&self) -> Option<String> {
        self.checks.nonces.as_ref().map(|nonces| nonces.issue(SystemTime::now()))
    }

    /// Verifies the proof of a request, and stores that it was used.
    pub(crate) async fn verify(&self, request: DpopRequest<'_>) -> Result<(), DpopRefusal> {
        let DpopRequest { method, path, token, thumbprint, .. } = request;
        let ProofChecks { base, nonces, max_proofs_per_key, store, keys } = &*self.checks;
        let Some(proof) = request.proof else {
            return Err(DpopRefusal::invalid_proof("the request does not have exactly one header `DPoP`"));
        };
        let Some(url) = below(base, path) else {
            return Err(DpopRefusal::invalid_proof("the target of the request has no well-formed path"));
        };
        let now = Now::new();
        let expected = Expected { method, url: &url, token, thumbprint, now: now.system };
        let proof = Proof::verify(proof, expected, keys)?;
        if let Some(nonces) = nonces
            && !proof.nonce.is_some_and(|nonce| nonces.accepts(&nonce, now.system))
        {
            return Err(DpopRefusal::UseNonce);
        }
        // With the key, so that no client can use up the ids of another.
        let hash = sha256(&[&proof.thumbprint[..], proof.id.as_bytes()].concat());
        let id = *hash.first_chunk().expect("it has 32 bytes");
        let inserted = match store {
            Store::Memory(store) => {
                let key = *proof.thumbprint.first_chunk().expect("it has 32 bytes");
                let proof = UsedProof { id, key, expires_at: proof.expires_at };
                store.insert(proof, *max_proofs_per_key, now).map_err(Into::into)
            }
            Store::Shared(store) => store.insert(id, proof.expires_at).await,
        };
        match inserted {
            Ok(true) => Ok(()),
            Ok(false) => Err(DpopRefusal::invalid_proof("it was used before")),
            Err(error) => Err(DecodeError::unavailable(RETRY_AFTER, error).into()),
        }
    }
}

/// Omits the secret.
impl fmt::Debug for Dpop {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Dpop")
            .field("base", &self.checks.base)
            .field("is_required", &self.is_required)
            .field("requires_nonce", &self.checks.nonces.is_some())
            .finish_non_exhaustive()
    }
}
