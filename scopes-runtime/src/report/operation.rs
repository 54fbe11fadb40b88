use std::fmt;

use serde::{Serialize, Serializer};

use super::{Access, Row};
use crate::scope::{Authentication, DeclaredScope, alternatives_of_all, list};

/// A line of the report.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Operation {
    pub(crate) method: String,
    pub(crate) path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) handler: Option<String>,
    #[serde(flatten)]
    pub(crate) callers: Callers,
}

/// Who may call an operation.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "access", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub(crate) enum Callers {
    /// Whoever has all scopes of one of the sets; the empty one is in any valid token.
    Scoped {
        #[serde(serialize_with = "names")]
        alternatives: Vec<Vec<&'static DeclaredScope>>,
        #[serde(skip_serializing_if = "Authentication::is_nothing")]
        user_authentication: Authentication,
    },
    /// Everyone.
    Public {
        accepts_token: bool,
        #[serde(skip_serializing_if = "Option::is_none")]
        reason: Option<&'static str>,
    },
    /// Everyone, as far as this crate checks.
    Foreign { reason: &'static str },
}

impl From<Row> for Operation {
    fn from(Row { method, path, handler, access }: Row) -> Self {
        let callers = match access {
            Access::Scoped(requirements) => Callers::Scoped {
                alternatives: alternatives_of_all(&requirements),
                user_authentication: Authentication::of(requirements),
            },
            Access::Public { accepts_token, reason } => Callers::Public { accepts_token, reason },
            Access::Foreign { reason } => Callers::Foreign { reason },
        };
        Self { method, path, handler, callers }
    }
}

impl Callers {
    /// The names of all scopes that are required in some alternative.
    pub(super) fn scopes(&self) -> impl Iterator<Item = &'static str> {
        self.alternatives().iter().flatten().map(|scope| scope.name())
    }

    pub(super) fn alternatives(&self) -> &[Vec<&'static DeclaredScope>] {
        match self {
            Self::Scoped { alternatives, .. } => alternatives,
            Self::Public { .. } | Self::Foreign { .. } => &[],
        }
    }

    /// Why nothing is checked, where somebody said so.
    pub(super) fn reason(&self) -> Option<&'static str> {
        match *self {
            Self::Scoped { .. } => None,
            Self::Public { reason, .. } => reason,
            Self::Foreign { reason } => Some(reason),
        }
    }

    /// What is required, each set of scopes shown as `set` does it.
    pub(super) fn shown(&self, set: impl Fn(&str) -> String) -> String {
        match self {
            Self::Public { accepts_token: false, .. } => "public".to_owned(),
            Self::Public { accepts_token: true, .. } => "public, optional token".to_owned(),
            Self::Foreign { .. } => "foreign, unchecked".to_owned(),
            Self::Scoped { alternatives, user_authentication } => {
                let scopes = match alternatives.iter().any(Vec::is_empty) {
                    true => "any valid token".to_owned(),
                    false => {
                        alternatives.iter().map(|scopes| set(&list(scopes))).collect::<Vec<_>>().join(" or ")
                    }
                };
                let Authentication { acr_values, max_age } = user_authentication;
                let acr_values = acr_values.as_ref().map(|values| format!("acr {}", set(&values.join(" "))));
                let max_age = max_age.map(|seconds| format!("max_age {seconds}"));
                [Some(scopes), acr_values, max_age].into_iter().flatten().collect::<Vec<_>>().join(", ")
            }
        }
    }
}

impl fmt::Display for Callers {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.shown(str::to_owned))
    }
}

fn names<S: Serializer>(
    alternatives: &[Vec<&'static DeclaredScope>],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let names = |scopes: &Vec<&DeclaredScope>| scopes.iter().map(|scope| scope.name()).collect::<Vec<_>>();
    serializer.collect_seq(alternatives.iter().map(names))
}
