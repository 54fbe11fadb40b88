//! Checks that the sender of a token is the one that the token is bound to (RFC 9449, RFC 8705).

#[cfg(feature = "bound-tokens")]
use axum::extract::OriginalUri;
#[cfg(feature = "bound-tokens")]
use axum::http::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use axum::http::request::Parts;

use super::authentication_schemes::AuthenticationSchemes;
#[cfg(feature = "bound-tokens")]
use super::mutual_tls::{MutualTls, PresentedCertificate};
use super::refusal_reason::RefusalReason;
use crate::token::{AccessToken, DecodeError};
#[cfg(feature = "bound-tokens")]
use crate::token::{Dpop, DpopRefusal, DpopRequest};

#[cfg(feature = "bound-tokens")]
const DPOP: HeaderName = HeaderName::from_static("dpop");

/// How a server checks the senders of tokens. Default: tokens that are bound to a sender are refused.
#[derive(Clone, Default)]
pub(super) struct SenderChecks {
    #[cfg(feature = "bound-tokens")]
    dpop: Option<Dpop>,
    #[cfg(feature = "bound-tokens")]
    mutual_tls: Option<MutualTls>,
}

/// What a request proves about its sender. An outcome is not reused for a request with other evidence.
#[cfg(feature = "bound-tokens")]
#[derive(Clone, PartialEq)]
pub(super) struct SenderEvidence {
    proofs: Vec<HeaderValue>,
    /// Whether this request has used up its proof.
    is_accepted: bool,
    certificate: Option<PresentedCertificate>,
}

/// The proofs that a request has used up, in its extensions.
///
/// They are accepted again for the checks that follow in the same request, also after 5 s, and if a layer has changed the
/// method or the path. A clone is empty: an application may keep a copy of a request's extensions, and dispatch another request
/// with them, where the same proof is a replay.
#[cfg(feature = "bound-tokens")]
#[derive(Default)]
struct AcceptedProofs(Vec<AcceptedProof>);

#[cfg(feature = "bound-tokens")]
struct AcceptedProof {
    dpop: Dpop,
    authorization: HeaderValue,
    proof: HeaderValue,
    /// The thumbprint of the key that the token is bound to.
    thumbprint: Box<str>,
}

#[cfg(not(feature = "bound-tokens"))]
impl SenderChecks {
    pub(super) fn accepts_dpop(&self) -> bool {
        false
    }

    pub(super) fn schemes(&self) -> AuthenticationSchemes {
        AuthenticationSchemes::Bearer
    }

    pub(super) fn nonce_for(&self, _: RefusalReason) -> Option<Box<str>> {
        None
    }

    pub(super) fn check_bearer(&self, token: &AccessToken, _: &Parts) -> Result<(), DecodeError> {
        if token.confirmation().is_some() { Err(bound_token_error()) } else { Ok(()) }
    }
}

fn bound_token_error() -> DecodeError {
    DecodeError::invalid(
        "the claim `cnf` binds the token to a sender, which this server does not check (`dpop` and `mutual_tls` of \
         `ResourceServerBuilder` check it)",
    )
}

#[cfg(feature = "bound-tokens")]
impl SenderChecks {
    pub(super) fn set_dpop(&mut self, dpop: Dpop) {
        self.dpop = Some(dpop);
    }

    pub(super) fn set_mutual_tls(&mut self, mutual_tls: MutualTls) {
        self.mutual_tls = Some(mutual_tls);
    }

    pub(super) fn accepts_dpop(&self) -> bool {
        self.dpop.is_some()
    }

    pub(super) fn schemes(&self) -> AuthenticationSchemes {
        match &self.dpop {
            None => AuthenticationSchemes::Bearer,
            Some(dpop) if dpop.is_required() => AuthenticationSchemes::Dpop,
            Some(_) => AuthenticationSchemes::BearerAndDpop,
        }
    }

    /// Returns a new nonce, for a refusal that contains one.
    pub(super) fn nonce_for(&self, reason: RefusalReason) -> Option<Box<str>> {
        let dpop = self.dpop.as_ref().filter(|_| reason == RefusalReason::UseDpopNonce);
        dpop.and_then(Dpop::nonce).map(Into::into)
    }

    /// Returns what the checks read of a request. `None` if there are no checks.
    pub(super) fn evidence(&self, parts: &Parts) -> Option<SenderEvidence> {
        if self.dpop.is_none() && self.mutual_tls.is_none() {
            return None;
        }
        Some(SenderEvidence {
            proofs: parts.headers.get_all(DPOP).iter().cloned().collect(),
            is_accepted: self.dpop.as_ref().is_some_and(|dpop| AcceptedProofs::find(dpop, parts).is_some()),
            certificate: self.mutual_tls.as_ref().map(|mutual_tls| mutual_tls.presented(parts)),
        })
    }

    /// Checks the sender of a token with the scheme `Bearer`.
    pub(super) fn check_bearer(&self, token: &AccessToken, parts: &Parts) -> Result<(), DecodeError> {
        if self.dpop.as_ref().is_some_and(Dpop::is_required) {
            return Err(DecodeError::invalid("the scheme is `Bearer`, and this server requires `DPoP`"));
        }
        if token.confirmation().is_some_and(|confirmation| confirmation.key.is_some()) {
            return Err(if self.dpop.is_some() {
                DecodeError::invalid(
                    "the token is bound to a DPoP key, and was sent with the scheme `Bearer`: the client must send it with the \
                     scheme `DPoP` and a proof",
                )
            } else {
                bound_token_error()
            });
        }
        self.check_certificate(token, parts)
    }

    /// Checks the sender of a token with the scheme `DPoP`: its certificate, if the token has one, then its proof, unless an
    /// earlier check of the request has accepted it. The proof is last, because it is used up.
    pub(super) async fn check_dpop(
        &self,
        token: &AccessToken,
        text: &str,
        parts: &mut Parts,
    ) -> Result<(), DpopRefusal> {
        let key = token.confirmation().and_then(|confirmation| confirmation.key.as_deref());
        let (Some(dpop), Some(thumbprint)) = (&self.dpop, key) else {
            let error = "the scheme is `DPoP`, and the claim `cnf` does not bind the token to a key";
            return Err(DecodeError::invalid(error).into());
        };
        self.check_certificate(token, parts)?;
        if AcceptedProofs::find(dpop, parts).is_some_and(|accepted| *accepted.thumbprint == *thumbprint) {
            return Ok(());
        }
        let Some(path) = sent_path(parts) else {
            return Err(
                DecodeError::invalid("the path of the request was replaced inside of a router").into()
            );
        };
        let proof = only(&parts.headers, DPOP).and_then(|proof| proof.to_str().ok());
        let request = DpopRequest { method: parts.method.as_str(), path, proof, token: text, thumbprint };
        dpop.verify(request).await?;
        AcceptedProofs::add(dpop, thumbprint, parts);
        Ok(())
    }

    fn check_certificate(&self, token: &AccessToken, parts: &Parts) -> Result<(), DecodeError> {
        let bound_to = token.confirmation().and_then(|confirmation| confirmation.certificate.as_deref());
        match (&self.mutual_tls, bound_to) {
            (None, None) => Ok(()),
            (None, Some(_)) => Err(bound_token_error()),
            (Some(mutual_tls), bound_to) => mutual_tls.check(bound_to, parts),
        }
    }
}

#[cfg(feature = "bound-tokens")]
impl AcceptedProofs {
    /// Returns the proof of the request, if an earlier check with this configuration has accepted it.
    fn find<'a>(dpop: &Dpop, parts: &'a Parts) -> Option<&'a AcceptedProof> {
        let Self(accepted) = parts.extensions.get()?;
        let (authorization, proof) = (only(&parts.headers, AUTHORIZATION)?, only(&parts.headers, DPOP)?);
        accepted.iter().find(|accepted| {
            accepted.dpop.checks_like(dpop)
                && accepted.authorization == authorization
                && accepted.proof == proof
        })
    }

    /// Adds the proof of the request.
    fn add(dpop: &Dpop, thumbprint: &str, parts: &mut Parts) {
        let authorization = only(&parts.headers, AUTHORIZATION).cloned();
        if let (Some(authorization), Some(proof)) = (authorization, only(&parts.headers, DPOP).cloned()) {
            let accepted =
                AcceptedProof { dpop: dpop.clone(), authorization, proof, thumbprint: thumbprint.into() };
            parts.extensions.get_or_insert_default::<Self>().0.push(accepted);
        }
    }
}

/// Returns an empty list, as the documentation of the type explains.
#[cfg(feature = "bound-tokens")]
impl Clone for AcceptedProofs {
    fn clone(&self) -> Self {
        Self::default()
    }
}

/// Returns the only line of a header. `None` if there are several.
#[cfg(feature = "bound-tokens")]
fn only(headers: &HeaderMap, name: HeaderName) -> Option<&HeaderValue> {
    let mut lines = headers.get_all(name).iter();
    lines.next().filter(|_| lines.next().is_none())
}

/// Returns the path as the client has sent it: nested routers remove their prefix from `uri`, and a layer may remove a slash at
/// the end. `None` if the path of the request does not end the one in the extensions, which then belongs to another request.
#[cfg(feature = "bound-tokens")]
fn sent_path(parts: &Parts) -> Option<&str> {
    let path = parts.uri.path();
    let Some(OriginalUri(original)) = parts.extensions.get() else { return Some(path) };
    let (sent, path) = (original.path().trim_end_matches('/'), path.trim_end_matches('/'));
    sent.ends_with(path).then(|| original.path())
}
