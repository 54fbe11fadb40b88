use scopes_runtime::{AccessToken, AuthError, declare_scopes, scopes};

#[declare_scopes]
enum Scope {
    /// Read the tasks of a team.
    Team = "team:{team}:read",
}

fn read(token: &AccessToken, id: u64) -> Result<(), AuthError> {
    token.require(scopes!("team:{team}:read", team = id))
}

fn main() {
    let _ = read;
}
