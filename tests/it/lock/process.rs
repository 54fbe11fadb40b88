//! The macro, in processes with environments of their own.

use std::fs;
use std::process::Command;

use scopes_runtime::assert_scopes_locked;

use super::{LOCK, fresh, router};

/// The router as a value and as a reference, and a path that is absolute.
#[test]
#[ignore = "another test runs this in a process with another environment"]
fn in_another_process() {
    let router = router();
    assert_scopes_locked!(&router, concat!(env!("CARGO_TARGET_TMPDIR"), "/process.lock"));
    assert_scopes_locked!(router, concat!(env!("CARGO_TARGET_TMPDIR"), "/process.lock"));
}

#[test]
fn the_macro_accepts_changes_where_the_environment_says_1() {
    let path = fresh("process.lock");
    let run = |accept: &str| {
        let mut command = Command::new(std::env::current_exe().expect("this test"));
        command
            .args(["--exact", "lock::process::in_another_process", "--ignored"])
            .env("UPDATE_SCOPES_LOCK", accept);
        let output = command.output().expect("it runs");
        (output.status.success(), String::from_utf8(output.stdout).expect("text"))
    };
    for accept in ["", "0", "true"] {
        let (passed, output) = run(accept);
        assert!(!passed && output.contains("There is no lock file"), "{output}");
        assert!(output.contains("tests/it/lock/process.rs") && !path.exists(), "{output}");
    }
    for accept in ["1", "0"] {
        let (passed, output) = run(accept);
        assert!(passed && output.contains("1 passed"), "{output}");
        assert_eq!(fs::read_to_string(&path).expect("it is there"), LOCK);
    }
}
