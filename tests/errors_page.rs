//! The page of compile errors in the documentation, `scopes-runtime/src/guide/errors.md`, made from the cases in `tests/ui`.
//! `ERRORS=overwrite` writes it.
//!
//! A case can end with comments `// Why: …` and `// Fix: …`. Without them, its message must say what to do.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

const INTRODUCTION: &str = "\
The compile errors of this crate, with code that causes them.

Most are one error for one mistake, at the smallest token. This page is generated from the test cases in `tests/ui`, so the
messages are those of rustc.

";

const GROUPS: [(&str, &str, &str); 10] = [
    (
        "declaration",
        "Declarations",
        "What is declared with `#[declare_scopes]` ends up in tokens, documents and consent screens.",
    ),
    (
        "requirement",
        "Requirements",
        "A misspelt scope would refuse every token, or none. So scopes are resolved at compile time, in `#[requires_scopes]` and \
         `scopes!`.",
    ),
    (
        "parameters",
        "Scopes with parameters",
        "A concrete scope must be that of one declared scope, and each parameter needs a value.",
    ),
    (
        "placement",
        "Handlers and extractors",
        "The attributes read the signature of a handler, or the `impl` of an extractor. What they cannot read, they refuse. \
         `#[utoipa::path]` below them needs the feature `openapi` of `scopes-runtime`, and the dependency `utoipa`; without the \
         latter, rustc reports E0433 at the attribute.",
    ),
    (
        "impl_blocks",
        "Handlers in `impl` blocks",
        "`#[scoped_handlers]` declares the hidden types of the block's handlers outside of the block.",
    ),
    (
        "credentials",
        "Other credentials",
        "`#[authenticated_by]` names the extractor that checks, and the handler must take it.",
    ),
    (
        "granted",
        "Proofs",
        "Only a check makes a `Granted`, so that a function that takes it cannot be called without one.",
    ),
    (
        "mcp",
        "Tools of MCP servers",
        "`#[scoped_tools]` reads what each tool requires, so that no tool is without a requirement.",
    ),
    (
        "router",
        "Routers",
        "A `ScopedRouter` only accepts handlers with one of the attributes, and needs a state with a `ResourceServer`.",
    ),
    ("unused", "Unused scopes", "rustc's lint `dead_code` reports scopes that no handler requires."),
];

#[test]
fn the_page_of_compile_errors_is_up_to_date() {
    let page = page();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scopes-runtime/src/guide/errors.md");
    if env::var_os("ERRORS").is_some_and(|value| value == "overwrite") {
        fs::write(&file, page).expect("the page is written");
        return;
    }
    let committed = fs::read_to_string(&file).unwrap_or_default();
    assert!(
        committed == page,
        "the page differs from {}; run the test with ERRORS=overwrite",
        file.display()
    );
}

#[test]
fn every_compile_error_says_what_to_do() {
    let silent: Vec<_> = GROUPS
        .iter()
        .flat_map(|(group, ..)| cases(group))
        .filter(|case| case.fix.is_none() && !names_the_fix(&case.errors))
        .map(|case| case.name)
        .collect();
    assert!(silent.is_empty(), "no fix in the message, nor a comment `// Fix: …`: {silent:#?}");
}

struct Case {
    name: String,
    code: String,
    errors: String,
    why: Option<String>,
    fix: Option<String>,
}

fn page() -> String {
    let mut page = INTRODUCTION.to_owned();
    for (group, title, introduction) in GROUPS {
        let _ = writeln!(page, "# {title}\n\n{introduction}\n");
        for Case { name, code, errors, why, fix } in cases(group) {
            let _ = writeln!(page, "## {name}\n\n```rust,ignore\n{code}\n```\n\n```text\n{errors}\n```\n");
            if let Some(why) = why {
                let _ = writeln!(page, "{why}\n");
            }
            if let Some(fix) = fix {
                let _ = writeln!(page, "**Fix:** {fix}\n");
            }
        }
    }
    page.truncate(page.trim_end().len());
    page.push('\n');
    page
}

/// Returns the cases of a directory, by name.
fn cases(group: &str) -> Vec<Case> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui").join(group);
    let entries = fs::read_dir(&directory).expect("the directory of a group");
    let mut files: Vec<_> = entries.map(|entry| entry.expect("a file").path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "rs"));
    files.sort();
    files
        .iter()
        .map(|file| {
            let source = fs::read_to_string(file).expect("a case");
            let stderr = fs::read_to_string(file.with_extension("stderr")).expect("its errors");
            let comment = |word: &str| {
                source
                    .lines()
                    .find_map(|line| line.strip_prefix("// ")?.strip_prefix(word).map(str::to_owned))
            };
            let stem = file.file_stem().expect("a name").to_string_lossy().replace('_', " ");
            Case {
                name: stem[..1].to_uppercase() + &stem[1..],
                code: code(&source),
                errors: errors(&stderr),
                why: comment("Why: "),
                fix: comment("Fix: "),
            }
        })
        .collect()
}

/// Returns the source without an empty `main` and without the comments for the page.
fn code(source: &str) -> String {
    let lines = source.lines().filter(|line| !line.starts_with("// Why: ") && !line.starts_with("// Fix: "));
    let code = lines.collect::<Vec<_>>().join("\n");
    code.trim().trim_end_matches("fn main() {}").trim_end().to_owned()
}

/// Returns the errors without what is about the source of this crate.
fn errors(stderr: &str) -> String {
    let mut kept = Vec::new();
    let mut is_ours = false;
    let mut lines = stderr.lines().peekable();
    while let Some(line) = lines.next() {
        if line.starts_with("note: ")
            || line.starts_with("error")
            || line.starts_with("help: ")
            || line.starts_with("warning")
        {
            is_ours = lines.peek().is_some_and(|place| {
                line.starts_with("note: ") && (place.contains("$WORKSPACE") || place.contains("$CARGO"))
            });
        }
        if !is_ours {
            kept.push(line);
        }
    }
    kept.join("\n").trim_end().to_owned()
}

/// Returns whether the messages of this crate say what to do, after a semicolon, or notes of the compiler do.
fn names_the_fix(errors: &str) -> bool {
    let mut first = errors.lines().take(1);
    let has_advice = first
        .any(|line| ["; ", "expected ", "can only be applied to"].iter().any(|word| line.contains(word)));
    has_advice
        || [
            "help: a ",
            "help: consider",
            "note: add",
            "note: write",
            "note: use",
            "help: declare",
            "help: scope names",
        ]
        .iter()
        .any(|word| errors.contains(word))
}
