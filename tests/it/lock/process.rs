//! The macro, in processes with another environment.

use std::fs;
use std::process::Command;

use scopes_runtime::assert_scopes_locked;

use super::{LOCK, fresh, router};

/// Passes the router as a value and as a reference, and an absolute path.
#[test]
#[ignore = "another test runs this in a process with another environment"]
fn in_another_process() {
    let router = router();
    assert_scopes_locked!(&router, concat!(env!("CARGO_TARGET_TMPDIR"), "/process.lock"));
    assert_scopes_locked!(router, concat!(env!("CARGO_TARGET_TMPDIR"), "/process.lock"));
}

#[test]
fn the_macro_accepts_changes_if_update_scopes_lock_is_1() {
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
