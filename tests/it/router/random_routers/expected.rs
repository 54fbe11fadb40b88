//! The expected responses of an operation of a random router.

use axum::http::StatusCode;
use serde_json::Value;

use super::steps::{Change, Function};

type Scopes = &'static [&'static str];

/// The scopes of the tokens in the requests.
const TOKENS: [Scopes; 6] = [
    &[],
    &["me"],
    &["items"],
    &["me", "items:write"],
    &["items", "billing"],
    &["me", "items", "items:write", "billing"],
];

/// The model of an operation.
#[derive(Clone, Debug)]
pub(super) struct Operation {
    pub(super) method: &'static str,
    pub(super) path: String,
    pub(super) function: Function,
    pub(super) required: Vec<&'static str>,
    /// The changes by the layers of the handler, the outermost first. They run after the check.
    pub(super) inside: Vec<Change>,
    /// The changes by all other layers, the outermost first.
    pub(super) outside: Vec<Change>,
    pub(super) is_fallback: bool,
}

impl Function {
    fn accepts(self, granted: Option<&[&str]>) -> bool {
        let has = |scopes: &[&str]| {
            granted.is_some_and(|granted| granted.iter().any(|scope| scopes.contains(scope)))
        };
        match self {
            Self::Me => has(&["me"]),
            Self::Items => has(&["items", "items:write"]),
            Self::Either => has(&["items:write", "billing"]),
            Self::AnyToken => granted.is_some(),
            Self::Open => true,
        }
    }
}

impl Operation {
    /// Returns whether a token with these scopes satisfies the whole requirement.
    fn accepts(&self, granted: Option<&[&str]>) -> bool {
        let satisfies = |scope: &&str| {
            let implied_by = if *scope == "items" { "items:write" } else { scope };
            granted.is_some_and(|granted| granted.contains(scope) || granted.contains(&implied_by))
        };
        self.function.accepts(granted) && self.required.iter().all(satisfies)
    }

    /// Returns the status for a request with this token.
    pub(super) fn status(&self, granted: Option<Scopes>) -> StatusCode {
        let refused = |granted: Option<Scopes>| {
            if granted.is_some() { StatusCode::FORBIDDEN } else { StatusCode::UNAUTHORIZED }
        };
        let granted = passed_on(granted, &self.outside);
        if !self.accepts(granted) {
            return refused(granted);
        }
        let granted = passed_on(granted, &self.inside);
        let keeps_extensions =
            self.inside.iter().all(|change| matches!(change, Change::SwapToken(_) | Change::RemoveToken));
        // The handler's guard checks the token that the layers pass on, at least for its own requirement.
        let passes = if keeps_extensions { self.accepts(granted) } else { self.function.accepts(granted) };
        if passes { StatusCode::OK } else { refused(granted) }
    }

    /// Returns whether the report has this operation with the same requirement.
    pub(super) fn is_reported(&self, report: &Value) -> bool {
        let path = self.path.replace("/no-route", "/*");
        let method = if self.is_fallback || self.method == "PATCH" { "*" } else { self.method };
        let operations = report["operations"].as_array().expect("operations");
        let mut same =
            operations.iter().filter(|reported| reported["path"] == path && reported["method"] == method);
        let (Some(reported), None) = (same.next(), same.next()) else { return false };
        let accepts = |granted: Option<Scopes>| match &reported["alternatives"] {
            Value::Array(alternatives) => granted.is_some_and(|granted| {
                alternatives.iter().any(|scopes| {
                    scopes.as_array().expect("scopes").iter().all(|scope| {
                        let scope = scope.as_str().expect("a scope");
                        granted.iter().any(|name| *name == scope || implied_by(scope).contains(name))
                    })
                })
            }),
            _ => reported["access"] == "public",
        };
        tokens().all(|granted| accepts(granted) == self.accepts(granted))
    }
}

fn implied_by(scope: &str) -> Scopes {
    match scope {
        "items" => &["items:write"],
        "invoices" => &["billing"],
        _ => &[],
    }
}

pub(super) fn tokens() -> impl Iterator<Item = Option<Scopes>> {
    TOKENS.into_iter().map(Some).chain([None])
}

fn passed_on(granted: Option<Scopes>, changes: &[Change]) -> Option<Scopes> {
    changes.iter().fold(granted, |granted, change| match change {
        Change::SwapToken("me") => Some(&["me"]),
        Change::SwapToken("items") => Some(&["items"]),
        Change::SwapToken(_) => Some(&["billing"]),
        Change::RemoveToken => None,
        Change::Rebuild | Change::ClearExtensions | Change::ReplayExtensions => granted,
    })
}
