use scopes_runtime::scoped_handlers;

struct Api;

#[scoped_handlers]
impl Clone for Api {
    fn clone(&self) -> Self {
        Self
    }
}

fn main() {}
