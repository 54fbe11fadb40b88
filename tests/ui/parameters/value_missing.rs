use scopes_runtime::{AccessToken, AuthError, declare_scopes, scopes};

#[declare_scopes]
enum Scope {
    /// Push to a repository.
    Push = "repo:{owner}/{name}",
}

fn push(token: &AccessToken, name: &str) -> Result<(), AuthError> {
    token.require(scopes!("repo:{owner}/{name}", name = name))
}

fn main() {
    let _ = push;
}
