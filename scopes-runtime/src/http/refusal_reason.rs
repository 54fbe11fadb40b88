//! The reasons of refusals with a challenge: their status, error code and detail.

use std::borrow::Cow;

use axum::http::StatusCode;

use super::authentication_schemes::AuthenticationSchemes;

/// Why a request is refused, where the response has a challenge.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum RefusalReason {
    MissingToken,
    InvalidRequest,
    InvalidToken,
    /// The token is valid, but not bound to a DPoP key as the operation requires.
    UnboundToken,
    #[cfg(feature = "bound-tokens")]
    InvalidDpopProof,
    #[cfg(feature = "bound-tokens")]
    UseDpopNonce,
    InsufficientScope,
    InsufficientUserAuthentication,
}

pub(super) const REASONS: usize = RefusalReason::InsufficientUserAuthentication as usize + 1;

impl RefusalReason {
    pub(super) fn status(self) -> StatusCode {
        match self {
            Self::InvalidRequest => StatusCode::BAD_REQUEST,
            Self::MissingToken
            | Self::InvalidToken
            | Self::UnboundToken
            | Self::InsufficientUserAuthentication => StatusCode::UNAUTHORIZED,
            #[cfg(feature = "bound-tokens")]
            Self::InvalidDpopProof | Self::UseDpopNonce => StatusCode::UNAUTHORIZED,
            Self::InsufficientScope => StatusCode::FORBIDDEN,
        }
    }

    /// The error code of RFC 6750 section 3.1, RFC 9449 section 7.1 or RFC 9470 section 3. A request without a token gets none.
    pub(super) fn code(self) -> Option<&'static str> {
        match self {
            Self::MissingToken => None,
            Self::InvalidRequest => Some("invalid_request"),
            Self::InvalidToken | Self::UnboundToken => Some("invalid_token"),
            #[cfg(feature = "bound-tokens")]
            Self::InvalidDpopProof => Some("invalid_dpop_proof"),
            #[cfg(feature = "bound-tokens")]
            Self::UseDpopNonce => Some("use_dpop_nonce"),
            Self::InsufficientScope => Some("insufficient_scope"),
            Self::InsufficientUserAuthentication => Some("insufficient_user_authentication"),
        }
    }

    /// Returns what to do, for a server with these schemes.
    pub(super) fn detail(self, schemes: AuthenticationSchemes) -> Cow<'static, str> {
        let scheme = schemes.name();
        let detail = match self {
            Self::MissingToken => {
                let detail = "This request needs an access token.";
                return format!("{detail} Send it as `Authorization: {scheme} <token>`.").into();
            }
            Self::InvalidRequest => {
                let detail = "The Authorization header is malformed.";
                return format!("{detail} Send one header `Authorization: {scheme} <token>`.").into();
            }
            Self::InvalidToken => "The access token is not valid for this API. Obtain a new one.",
            Self::UnboundToken => {
                "This operation needs an access token that is bound to a DPoP key. Obtain one with a DPoP proof, and send it \
                 as `Authorization: DPoP <token>` with a new proof."
            }
            #[cfg(feature = "bound-tokens")]
            Self::InvalidDpopProof => {
                "The DPoP proof is not valid for this request. Send one header `DPoP` with a new proof."
            }
            #[cfg(feature = "bound-tokens")]
            Self::UseDpopNonce => {
                "The DPoP proof needs a nonce. Send a new proof with the nonce in the header `DPoP-Nonce` of this response."
            }
            Self::InsufficientScope => "The access token lacks a required scope. Obtain a token that has it.",
            Self::InsufficientUserAuthentication => {
                "The user must re-authenticate. Request a token with the `acr_values` or `max_age` of this response."
            }
        };
        detail.into()
    }
}
