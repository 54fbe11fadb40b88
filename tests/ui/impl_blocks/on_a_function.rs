use scopes_runtime::scoped_handlers;

#[scoped_handlers]
async fn items() {}

fn main() {
    let _ = items();
}
