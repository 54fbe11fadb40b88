use std::fmt;

use axum::http::StatusCode;

use crate::report::write_aligned;

/// The operations whose handlers rejected all sufficient requests of a [`ScopeMatrix`](super::ScopeMatrix).
///
/// `Display` writes a table, or nothing if there are none. [`rejected_operations`](Self::rejected_operations) has an example.
#[derive(Clone, Debug, Default)]
pub struct MatrixOutcome {
    /// The statuses of the handlers' responses to sufficient tokens, for each operation.
    sufficient_statuses: Vec<(String, Vec<StatusCode>)>,
}

impl MatrixOutcome {
    pub(super) fn add(&mut self, operation: &str, status: StatusCode) {
        match self.sufficient_statuses.iter_mut().find(|(other, _)| other == operation) {
            Some((_, statuses)) => statuses.push(status),
            None => self.sufficient_statuses.push((operation.to_owned(), vec![status])),
        }
    }

    fn rejected(&self) -> impl Iterator<Item = (&str, &[StatusCode])> {
        let all = self.sufficient_statuses.iter().map(|(operation, statuses)| (&**operation, &**statuses));
        all.filter(|(_, statuses)| statuses.iter().all(StatusCode::is_client_error))
    }

    /// Returns the scoped operations whose handlers responded to each sufficient token with a status from 400 to 499, such as
    /// 404 or 422. Such a handler may have rejected the placeholder before its own checks ran. Method and path are those of the
    /// access report.
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
}

impl fmt::Display for MatrixOutcome {
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
