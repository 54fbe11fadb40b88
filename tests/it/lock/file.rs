//! The lock file is written and read; malformed files are errors.

use std::fs;

use scopes_runtime::__private::check_lock;
use scopes_runtime::router::get;

use super::{DIRECTORY, LOCK, Router, fresh, me, router};

#[test]
fn the_file_is_written_when_accepted_and_compared_afterwards() {
    let path = fresh("written.lock");
    let check =
        |router: &Router, accept: bool| check_lock(&router.report(), DIRECTORY, "written.lock", accept);
    assert_eq!(
        check(&router(), false),
        Err(format!(
            "There is no lock file {}. Run `UPDATE_SCOPES_LOCK=1 cargo test` and commit the file.",
            path.display()
        ))
    );
    assert!(!path.exists());
    assert_eq!(check(&router(), true), Ok(()));
    assert_eq!(fs::read_to_string(&path).expect("it was written"), LOCK);
    assert_eq!(check(&router(), false), Ok(()));

    let other = router().route("/me", get(me));
    assert!(check(&other, false).is_err());
    assert_eq!(fs::read_to_string(&path).expect("it is left alone"), LOCK);
    assert_eq!(check(&other, true), Ok(()));
    assert_eq!(check(&other, false), Ok(()));
}

#[test]
fn crlf_line_breaks_are_no_change() {
    let path = fresh("crlf.lock");
    fs::write(path, LOCK.replace('\n', "\r\n")).expect("a file");
    assert_eq!(check_lock(&router().report(), DIRECTORY, "crlf.lock", false), Ok(()));
}

#[test]
fn a_malformed_file_is_an_error_with_the_line() {
    let path = fresh("malformed.lock");
    let check = |accept: bool| check_lock(&router().report(), DIRECTORY, "malformed.lock", accept);
    for (text, line, problem) in [
        ("\n<<<<<<< HEAD\n", 2, "`<<<<<<< HEAD` is not a method and a path"),
        ("  public\n", 1, "`  public` is not a method and a path"),
        ("# Comment\nGET /\n\nGET /a\n  public\n", 2, "`GET /` has no access below it"),
        ("GET /\n  pubic\n", 2, "`pubic` is not an access"),
        ("GET /\n  public\n  requires me\n", 2, "`public` is not an access"),
        ("GET /\n  requires\n", 2, "`requires` is not an access"),
        ("GET /\n  authenticated by\n", 2, "`authenticated by` is not an access"),
        ("GET /\n  authenticated by key\n  requires me\n", 2, "`authenticated by key` is not an access"),
        ("GET /\n  with key\n", 2, "the scopes are missing"),
        ("GET /\n  requires me\n  with a\n  with b\n", 4, "`with b` is not an access"),
        ("GET /\n  bound to a DPoP key\n", 2, "the scopes are missing"),
        (
            "GET /\n  requires me\n  bound to a DPoP key\n  bound to a DPoP key\n",
            4,
            "`bound to a DPoP key` is not an access",
        ),
        ("GET /\n  or me\n", 2, "`or me` is not an access"),
        (
            "GET /\n  requires me\n    accepts admin for items\n",
            3,
            "`accepts admin for items` is not an access",
        ),
        ("GET /\n  public\nGET /\n  requires me\n", 3, "`GET /` is listed twice"),
    ] {
        fs::write(&path, text).expect("a file");
        assert_eq!(
            check(false),
            Err(format!(
                "`malformed.lock` is malformed at line {line}: {problem}. Restore the file, or run \
                 `UPDATE_SCOPES_LOCK=1 cargo test` and review the changes."
            ))
        );
    }
    assert_eq!(check(true), Ok(()));
    assert_eq!(check(false), Ok(()));
}

#[test]
fn a_file_that_cannot_be_read_or_written_is_an_error() {
    let check =
        |accept: bool| check_lock(&router().report(), DIRECTORY, ".", accept).expect_err("a directory");
    let prefix = format!("The lock file {DIRECTORY}/. cannot be ");
    assert!(check(false).starts_with(&format!("{prefix}read: ")), "{}", check(false));
    assert!(check(true).starts_with(&format!("{prefix}written: ")), "{}", check(true));
}

mod words {
    use scopes_runtime::{declare_scopes, requires_scopes};

    #[declare_scopes]
    pub(super) enum Scope {
        /// A keyword of the file.
        Or = "or",
        /// A keyword of the file.
        Public = "public",
        /// A keyword of the file.
        #[implies(Or)]
        For = "for",
        /// A keyword of the file after `#`.
        Requires = "#requires",
    }

    #[requires_scopes(any("or", all("public", "#requires")))]
    pub(super) async fn handler() {}
}

#[test]
fn scopes_and_paths_can_be_keywords_of_the_file() {
    let router =
        Router::new().route("/a b\n  public ", get(words::handler)).route("/or", get(words::handler));
    let path = fresh("words.lock");
    let check = |accept: bool| check_lock(&router.report(), DIRECTORY, "words.lock", accept);
    assert_eq!(check(true), Ok(()));
    assert_eq!(check(false), Ok(()));
    let text = fs::read_to_string(path).expect("it was written");
    let requires = "  requires #requires public\n  or or\n    accepts for for or\n";
    assert!(
        text.ends_with(&format!(
            "\n\nGET /a\\u{{20}}b\\u{{a}}\\u{{20}}\\u{{20}}public\\u{{20}}\n{requires}\nGET /or\n{requires}"
        )),
        "{text}"
    );
}
