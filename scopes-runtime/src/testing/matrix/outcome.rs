use std::fmt;

use axum::http::StatusCode;

use crate::report::write_aligned;

/// What a [`ScopeMatrix`](super::ScopeMatrix) has not tested: because of the placeholders, of handlers that failed, or of
/// credentials that were not set.
///
/// `Display` writes a table, or nothing if the outcome [is complete](Self::is_complete).
/// [`rejected_operations`](Self::rejected_operations) and
/// [`operations_with_unused_may_require`](Self::operations_with_unused_may_require) have examples.
#[derive(Clone, Debug, Default)]
pub struct MatrixOutcome {
    /// The statuses of the handlers' responses to sufficient tokens and valid credentials, for each operation.
    authorized_statuses: Vec<(String, Vec<StatusCode>)>,
    /// What `may_require` lists of operations that accepted a token without it.
    unused: Vec<(String, Vec<String>)>,
    /// The operations that got no valid credentials.
    without_credentials: Vec<String>,
    /// Whether no handler ran.
    is_dry: bool,
}

impl MatrixOutcome {
    pub(super) fn add(&mut self, operation: &str, status: StatusCode) {
        match self.authorized_statuses.iter_mut().find(|(other, _)| other == operation) {
            Some((_, statuses)) => statuses.push(status),
            None => self.authorized_statuses.push((operation.to_owned(), vec![status])),
        }
    }

    pub(super) fn new(is_dry: bool) -> Self {
        Self { is_dry, ..Self::default() }
    }

    /// Adds an item of `may_require` without which an operation accepted all tokens.
    pub(super) fn add_unused(&mut self, operation: &str, item: &str) {
        match self.unused.iter_mut().find(|(other, _)| other == operation) {
            Some((_, items)) => items.push(item.to_owned()),
            None => self.unused.push((operation.to_owned(), vec![item.to_owned()])),
        }
    }

    pub(super) fn add_without_credentials(&mut self, operation: &str) {
        self.without_credentials.push(operation.to_owned());
    }

    fn rejected(&self) -> impl Iterator<Item = (&str, &[StatusCode])> {
        let all = self.authorized_statuses.iter().map(|(operation, statuses)| (&**operation, &**statuses));
        all.filter(|(_, statuses)| {
            statuses.iter().any(StatusCode::is_server_error)
                || statuses.iter().all(StatusCode::is_client_error)
        })
    }

    /// Returns the operations whose handlers responded to each sufficient token with a status from 400 to 499, such as 404 or
    /// 422, or to one of them with 5xx. Such a handler may have rejected the placeholder before its own checks ran. axum
    /// responds with 500 if the path has more parameters than `Path` takes, and if an `Extension` is missing. Method and path
    /// are those of the access report.
    ///
    /// For operations with [`#[authenticated_by]`](macro@crate::authenticated_by), this is the response to valid credentials.
    ///
    /// ```
    /// # use scopes_runtime::declare_scopes;
    /// use axum::Json;
    /// use scopes_runtime::requires_scopes;
    /// use scopes_runtime::router::{ScopedRouter, post};
    /// use scopes_runtime::testing::TestIssuer;
    /// # #[declare_scopes]
    /// # enum Scope {
    /// #     /// Create items.
    /// #     Items = "items",
    /// # }
    ///
    /// #[derive(serde::Deserialize)]
    /// struct Item {
    ///     name: String,
    /// }
    ///
    /// #[requires_scopes("items")]
    /// async fn create_item(Json(item): Json<Item>) -> String {
    ///     item.name
    /// }
    ///
    /// # fn main() {
    /// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
    /// let issuer = TestIssuer::new();
    /// let app = || ScopedRouter::new().route("/items", post(create_item)).with_state(issuer.resource_server());
    /// let outcome = issuer.matrix(&app()).check(app()).await;
    /// assert!(outcome.rejected_operations().eq(["POST /items"]), "{outcome}");
    ///
    /// let matrix = issuer.matrix(&app()).body("POST /items", r#"{ "name": "Foo" }"#);
    /// let outcome = matrix.check(app()).await;
    /// assert_eq!(outcome.rejected_operations().count(), 0, "{outcome}");
    /// # });
    /// # }
    /// ```
    pub fn rejected_operations(&self) -> impl Iterator<Item = &str> {
        self.rejected().map(|(operation, _)| operation)
    }

    /// Returns the operations whose handlers accepted all tokens without one of the items of their `may_require(…)`. Such a
    /// handler may have lost a check. If it decides by the body, set one for which it requires more with
    /// [`body`](super::ScopeMatrix::body).
    ///
    /// ```
    /// # use scopes_runtime::declare_scopes;
    /// use scopes_runtime::router::{ScopedRouter, get};
    /// use scopes_runtime::testing::TestIssuer;
    /// use scopes_runtime::{AccessToken, AuthError, requires_scopes, scopes};
    /// # #[declare_scopes]
    /// # enum Scope {
    /// #     /// Read items.
    /// #     Items = "items",
    /// #     /// Read the items of all users.
    /// #     Admin = "admin",
    /// # }
    ///
    /// #[requires_scopes("items", may_require("admin"))]
    /// async fn read_all(token: AccessToken) -> Result<(), AuthError> {
    ///     token.require(scopes!("admin"))
    /// }
    ///
    /// #[requires_scopes("items", may_require("admin"))]
    /// async fn read_all_unchecked() {}
    ///
    /// # fn main() {
    /// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
    /// let issuer = TestIssuer::new();
    /// let routes = ScopedRouter::new().route("/all", get(read_all)).route("/unchecked", get(read_all_unchecked));
    /// let app = routes.with_state(issuer.resource_server());
    /// let outcome = issuer.matrix(&app).check(app).await;
    /// assert!(outcome.operations_with_unused_may_require().eq(["GET /unchecked"]), "{outcome}");
    /// # });
    /// # }
    /// ```
    pub fn operations_with_unused_may_require(&self) -> impl Iterator<Item = &str> {
        self.unused.iter().map(|(operation, _)| &**operation)
    }

    /// Returns the operations with [`#[authenticated_by]`](macro@crate::authenticated_by) that got no valid credentials,
    /// because [`credentials`](super::ScopeMatrix::credentials) was not called for each of their schemes. The matrix does not
    /// find an extractor of these operations that refuses all requests.
    pub fn operations_without_credentials(&self) -> impl Iterator<Item = &str> {
        self.without_credentials.iter().map(|operation| &**operation)
    }

    /// Returns whether no operation is in any of these lists. After a dry run, which runs no handlers, this is false.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.rows().is_empty()
    }

    /// Returns the rows of the table.
    fn rows(&self) -> Vec<[String; 2]> {
        let rejected = self.rejected().map(|(operation, statuses)| {
            let statuses: Vec<_> = statuses.iter().map(|status| status.as_u16().to_string()).collect();
            (
                operation,
                format!("the handler, which responded to authorized requests with {}", statuses.join(" ")),
            )
        });
        let unused = self.unused.iter().map(|(operation, items)| {
            (&**operation, format!("`may_require`: no token without `{}` was refused", items.join("`, `")))
        });
        let credentials = self.operations_without_credentials().map(|operation| {
            (operation, "valid credentials: `ScopeMatrix::credentials` sets them".to_owned())
        });
        let dry = self.is_dry.then(|| ("all", "the handlers: this was a dry run".to_owned()));
        let rows = rejected.chain(unused).chain(credentials).chain(dry);
        rows.map(|(operation, reason)| [operation.to_owned(), reason]).collect()
    }
}

impl fmt::Display for MatrixOutcome {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = self.rows();
        if rows.is_empty() {
            return Ok(());
        }
        let headings = ["OPERATION", "NOT TESTED"].map(str::to_owned);
        write_aligned(formatter, "", &[&[headings], &*rows].concat())
    }
}
