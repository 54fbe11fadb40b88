use scopes_runtime::ScopedExtractor;

#[derive(ScopedExtractor)]
struct Listing<T> {
    user: T,
}

fn main() {}
