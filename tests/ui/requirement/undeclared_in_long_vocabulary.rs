use scopes_runtime::{declare_scopes, requires_scopes};

#[declare_scopes]
enum Scope {
    /// Number 0.
    UsersRead = "users:read",
    /// Number 1.
    UsersWrite = "users:write",
    /// Number 2.
    UsersDelete = "users:delete",
    /// Number 3.
    ItemsRead = "items:read",
    /// Number 4.
    ItemsWrite = "items:write",
    /// Number 5.
    ItemsDelete = "items:delete",
    /// Number 6.
    OrdersRead = "orders:read",
    /// Number 7.
    OrdersWrite = "orders:write",
    /// Number 8.
    OrdersDelete = "orders:delete",
    /// Number 9.
    InvoicesRead = "invoices:read",
    /// Number 10.
    InvoicesWrite = "invoices:write",
    /// Number 11.
    InvoicesDelete = "invoices:delete",
}

#[requires_scopes("order:read")]
async fn handler() {}

fn main() {}
