//! The lock file: the access report, committed beside the code, so that a review shows every change.

mod change;
mod file;

use std::path::Path;
use std::{env, fs, io};

use self::file::{ACCEPT, Lock};
use crate::report::Report;

/// Asserts that the access report of a [`ScopedRouter`](crate::ScopedRouter) equals a committed file.
///
/// It takes the router, or a reference to it, and the path of the file, relative to the directory of the crate's `Cargo.toml`.
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
/// fn the_lock_file_is_current() {
///     assert_scopes_locked!(routes(), "scopes.lock");
/// }
/// # fn main() {
/// #     assert_scopes_locked!(&routes(), "scopes.lock");
/// # }
/// ```
///
/// `UPDATE_SCOPES_LOCK=1 cargo test` writes the file, the first time and after intended changes. Its diff shows every change of
/// access in review. The file lists the operations, sorted by path and method, with all alternatives of their requirements, the
/// names of other credentials, and the broader scopes that are accepted for each scope. A change of `#[implies(…)]` therefore
/// shows at each operation that it affects. Names of handlers and reasons are not in the file.
///
/// # Panics
///
/// Panics if the file differs from the report, is malformed, or cannot be read or written. The message lists every operation
/// that was *loosened* (a token that was refused is accepted now), *tightened* (the reverse), *changed* (both, or neither),
/// *added* or *removed*, with its requirement before and after.
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

/// Returns whether `UPDATE_SCOPES_LOCK=1` is set.
#[must_use]
pub fn accepts_changes() -> bool {
    env::var_os("UPDATE_SCOPES_LOCK").is_some_and(|value| value == "1")
}

/// Compares the report with the file, or writes the file.
///
/// # Errors
///
/// Returns the message of the panic.
pub fn check_lock(report: &Report, directory: &str, name: &str, accept: bool) -> Result<(), String> {
    let path = Path::new(directory).join(name);
    let now = Lock::of(report);
    if accept {
        return fs::write(&path, now.to_string())
            .map_err(|error| format!("The lock file {} cannot be written: {error}.", path.display()));
    }
    let text = fs::read_to_string(&path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => {
            format!("There is no lock file {}. Run `{ACCEPT}` and commit the file.", path.display())
        }
        _ => format!("The lock file {} cannot be read: {error}.", path.display()),
    })?;
    let before = Lock::parse(&text).map_err(|malformed| {
        format!(
            "`{name}` is malformed at line {}: {}. Restore the file, or run `{ACCEPT}` and review \
             the changes.",
            malformed.line, malformed.problem
        )
    })?;
    let changes = change::changes(&before, &now);
    if changes.is_empty() {
        return Ok(());
    }
    Err(format!(
        "The access report differs from `{name}`.\n\n{}\n\nIf these changes are intended, run `{ACCEPT}` and \
         commit the file.",
        changes.join("\n\n")
    ))
}
