//! The console session in the README of the demo app.

use std::{fs, process::Command};

use crate::program::{Running, serving};

#[test]
fn the_commands_in_the_readme_print_what_it_shows() {
    let missing = ["bash", "curl", "sed"]
        .into_iter()
        .find(|tool| Command::new(tool).arg("--version").output().is_err());
    if let Some(missing) = missing {
        println!("skipped: {missing} is not installed");
        return;
    }
    let readme = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    let (_, session) = readme.split_once("\n## A session\n").unwrap();
    let (session, _) = session.split_once("\n## ").unwrap();
    let blocks = |language: &str| -> String {
        session.split("```").filter_map(|block| block.strip_prefix(language)?.strip_prefix('\n')).collect()
    };
    let (commands, shown) = (blocks("sh"), blocks("text"));
    assert_eq!(commands.lines().filter(|line| line.starts_with("curl ")).count(), 3, "{session}");

    let demo = Running::start(&mut serving());
    // All at once, as a reader pastes them.
    let script = commands.replace("127.0.0.1:8000", &demo.addr);
    let output = Command::new("bash").args(["-c", &script]).output().unwrap();
    let printed = String::from_utf8(output.stdout).unwrap().replace('\r', "");
    assert_eq!(without_dates(&printed), without_dates(&shown));
}

fn without_dates(session: &str) -> Vec<&str> {
    session.lines().filter(|line| !line.starts_with("date: ")).collect()
}
