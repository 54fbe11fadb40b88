use scopes_runtime::requires_scopes;
use scopes_tests::billing::BillingScope;

#[requires_scopes("invoices:read")]
async fn handler() {}

fn main() {
    let _ = BillingScope::InvoicesRead;
}
