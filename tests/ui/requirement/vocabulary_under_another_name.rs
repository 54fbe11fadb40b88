use scopes_runtime::requires_scopes;
use scopes_tests::billing::BillingScope;

#[requires_scopes("invoices:read")]
async fn handler() {}

fn main() {
    let _ = BillingScope::InvoicesRead;
}

// Why: Literals are scopes of the vocabulary that is called `Scope` where the attribute stands.
// Fix: import it as `Scope`, or write the path of the variant.
