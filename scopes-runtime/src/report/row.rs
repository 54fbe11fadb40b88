use crate::scope::Requirement;

/// One operation of a router, as a report is made of it.
pub(crate) struct Row {
    /// In capitals, or `*` for every method that has no row of its own.
    pub(crate) method: String,
    /// As axum writes it.
    pub(crate) path: String,
    /// The path of the function, where it is one.
    pub(crate) handler: Option<String>,
    pub(crate) access: Access,
}

/// Who may call an operation.
pub(crate) enum Access {
    /// Whoever has a token that meets all of the requirements.
    Scoped(Vec<Requirement>),
    /// Everyone, though a bad token may be refused.
    Public { accepts_token: bool, reason: Option<&'static str> },
    /// Whomever a service lets in that this crate knows nothing of.
    Foreign { reason: &'static str },
}
