use std::error::Error;
use std::time::Duration;

/// The error of a token that was not decoded, from [`TokenDecoder::decode`](crate::TokenDecoder::decode). The reason goes to
/// the log and never to a client. [`TokenDecoder`](crate::TokenDecoder) has an example.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// The token failed a check: 401 `invalid_token`.
    #[error("the access token is not valid: {0}")]
    Invalid(#[source] Box<dyn Error + Send + Sync>),
    /// The token cannot be checked now: 503 with `Retry-After`.
    #[error("the access token cannot be checked now: {reason}")]
    Unavailable {
        /// The time after which a client can try again.
        retry_after: Duration,
        /// What failed.
        #[source]
        reason: Box<dyn Error + Send + Sync>,
    },
}

impl DecodeError {
    /// Creates the error of a token that failed a check. The reason must not contain the token.
    pub fn invalid(reason: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Invalid(reason.into())
    }

    /// Creates the error of a token that cannot be checked now. The reason must not contain the token.
    pub fn unavailable(retry_after: Duration, reason: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Unavailable { retry_after, reason: reason.into() }
    }
}
