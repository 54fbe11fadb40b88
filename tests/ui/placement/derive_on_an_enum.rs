use scopes_runtime::ScopedExtractor;

#[derive(ScopedExtractor)]
enum Listing {
    Everything,
}

fn main() {}

// Fix: derive it for a struct whose fields are extractors.
