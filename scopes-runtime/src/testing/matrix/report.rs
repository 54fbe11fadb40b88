use std::fmt;

use axum::http::StatusCode;

use crate::report::write_aligned;

/// What a [`ScopeMatrix`](super::ScopeMatrix) could not show, although no response was wrong.
///
/// Displayed as a table, which is empty if there is nothing. [`rejected_operations`](Self::rejected_operations) has an example.
#[derive(Clone, Debug, Default)]
pub struct MatrixReport {
    /// Operations with the statuses of their responses to sufficient tokens.
    operations: Vec<(String, Vec<StatusCode>)>,
}

impl MatrixReport {
    pub(super) fn add(&mut self, operation: &str, status: StatusCode) {
        match self.operations.iter_mut().find(|(other, _)| other == operation) {
            Some((_, statuses)) => statuses.push(status),
            None => self.operations.push((operation.to_owned(), vec![status])),
        }
    }

    fn rejected(&self) -> impl Iterator<Item = (&str, &[StatusCode])> {
        let all = self.operations.iter().map(|(operation, statuses)| (&**operation, &**statuses));
        all.filter(|(_, statuses)| statuses.iter().all(StatusCode::is_client_error))
    }

    /// Returns the scoped operations whose handlers responded to each sufficient token with 400, 404, 422 or another status of
    /// the client's errors. Their tokens were accepted, but what the handlers require after that did not show: they may have
    /// refused the placeholders before. Method and path are written as in the access report.
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
    /// let report = issuer.matrix(&app()).check(app()).await;
    /// assert!(report.rejected_operations().eq(["POST /items"]), "{report}");
    ///
    /// let matrix = issuer.matrix(&app()).body("POST /items", r#"{ "name": "Foo" }"#);
    /// let report = matrix.check(app()).await;
    /// assert_eq!(report.rejected_operations().count(), 0, "{report}");
    /// # });
    /// # }
    /// ```
    pub fn rejected_operations(&self) -> impl Iterator<Item = &str> {
        self.rejected().map(|(operation, _)| operation)
    }
}

impl fmt::Display for MatrixReport {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows: Vec<_> = self
            .rejected()
            .map(|(operation, statuses)| {
                let statuses: Vec<_> = statuses.iter().map(|status| status.as_u16().to_string()).collect();
                [operation.to_owned(), statuses.join(" ")]
            })
            .collect();
        if rows.is_empty() {
            return Ok(());
        }
        let headings = ["OPERATION", "RESPONSES TO SUFFICIENT TOKENS"].map(str::to_owned);
        write_aligned(formatter, "", &[&[headings], &*rows].concat())
    }
}
