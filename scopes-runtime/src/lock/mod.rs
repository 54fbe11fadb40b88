//! The lock file: who may call what, committed beside the code, so that a review sees every change of it.

mod change;
mod file;

use std::path::Path;
use std::{env, fs, io};

use self::file::{ACCEPT, Lock};

use crate::report::Report;

/// Asserts that a [`ScopedRouter`](crate::ScopedRouter) says who may call what exactly as a committed file does.
///
/// It takes the router, or a reference to it, and the path of the file in the directory of the crate's `Cargo.toml`.
///
/// ```no_run
/// use scopes_runtime::router::{ScopedRouter, get};
/// use scopes_runtime::{ResourceServer, assert_scopes_locked, public};
///
/// #[public]
/// async fn health() {}
///
/// fn routes() -> ScopedRouter<ResourceServer> {
///     ScopedRouter::new().route("/health", get(health))
/// }
///
/// #[test]
/// fn nobody_gets_in_unnoticed() {
///     assert_scopes_locked!(routes(), "scopes.lock");
/// }
/// # fn main() {
/// #     assert_scopes_locked!(&routes(), "scopes.lock");
/// # }
/// ```
///
/// `UPDATE_SCOPES_LOCK=1 cargo test` writes the file, the first time and whenever a change is meant; a difference in
/// review then shows who may call what since. The file has each operation, sorted by path and method, with every
/// alternative of what it requires and the broader scopes that stand for those of it. A change of `#[implies(…)]` so
/// shows at each operation that it opens or closes to some token. Handlers' names and reasons are not in it.
///
/// # Panics
///
/// The file says otherwise than the router, is malformed, or is not there. The message has every operation that was
/// *loosened* (some token is accepted now that was refused), *tightened* (the reverse), *changed* (both, or neither),
/// *added* or *removed*, with what it required before and after.
#[macro_export]
macro_rules! assert_scopes_locked {
    ($router:expr, $path:expr $(,)?) => {
        if let ::core::result::Result::Err(problem) = $crate::__private::check_lock(
            &($router).report(),
            ::core::env!("CARGO_MANIFEST_DIR"),
            $path,
            $crate::__private::accepts_changes(),
        ) {
            ::core::panic!("{problem}");
        }
    };
}

/// Whether whoever runs the tests accepts what the router says now.
#[must_use]
pub fn accepts_changes() -> bool {
    env::var_os("UPDATE_SCOPES_LOCK").is_some_and(|value| value == "1")
}

/// Compares the report with the file, or writes it there.
///
/// # Errors
///
/// What is wrong and what to do, in whole sentences.
pub fn check_lock(report: &Report, directory: &str, name: &str, accept: bool) -> Result<(), String> {
    let path = Path::new(directory).join(name);
    let now = Lock::of(report);
    if accept {
        return fs::write(&path, now.to_string())
            .map_err(|error| format!("The lock file {} cannot be written: {error}.", path.display()));
    }
    let text = fs::read_to_string(&path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => {
            format!("There is no lock file {}. `{ACCEPT}` writes it; commit it then.", path.display())
        }
        _ => format!("The lock file {} cannot be read: {error}.", path.display()),
    })?;
    let before = Lock::parse(&text).map_err(|malformed| {
        format!(
            "`{name}` is malformed at line {}: {}. Restore the file, or write it anew with `{ACCEPT}` and review \
             what that changes.",
            malformed.line, malformed.problem
        )
    })?;
    let changes = change::changes(&before, &now);
    if changes.is_empty() {
        return Ok(());
    }
    Err(format!(
        "Who may call what is not what `{name}` says.\n\n{}\n\nIf all of this is meant, `{ACCEPT}` writes the file \
         anew; commit it then.",
        changes.join("\n\n")
    ))
}
