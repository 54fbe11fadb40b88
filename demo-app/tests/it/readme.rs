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
    let session: String = session.split("```").filter_map(|block| block.strip_prefix("console\n")).collect();
    let commands: Vec<_> = session.lines().filter_map(|line| line.strip_prefix("$ ")).collect();
    assert_eq!(commands.len(), 6, "{session}");

    let demo = Running::start(&mut serving());
    let mut printed = String::new();
    for (at, command) in commands.iter().enumerate() {
        let script =
            format!("{}\n{command}", functions(&commands[..at])).replace("127.0.0.1:8000", &demo.addr);
        let output = Command::new("bash").args(["-c", &script]).output().unwrap();
        printed += &format!("$ {command}\n{}", String::from_utf8(output.stdout).unwrap());
        if !printed.ends_with('\n') {
            printed.push('\n');
        }
    }
    assert_eq!(without_dates(&printed), without_dates(&session));
}

/// Returns the shell functions that later commands call.
fn functions(commands: &[&str]) -> String {
    commands.iter().filter(|command| command.contains("() {")).copied().collect::<Vec<_>>().join("\n")
}

fn without_dates(session: &str) -> Vec<&str> {
    session.lines().filter(|line| !line.starts_with("date: ")).collect()
}
