use scopes_runtime::ScopedExtractor;

#[derive(ScopedExtractor)]
enum Listing {
    Everything,
}

fn main() {}
