//! FastAPI's OAuth2 scopes tutorial as an axum application. `--help` lists the options.

use std::{
    env,
    io::{self, IsTerminal, Write},
    process::ExitCode,
};

use clap::Parser;
use demo_app::{Command, Config, ReportFormat, TokenIssuer};
use scopes_runtime::{
    GrantedScopes,
    openapi::to_openapi_3_0,
    report::{Report, SufficientScopes, UnknownHandlerError},
};
use tracing_subscriber::{EnvFilter, filter::LevelFilter};

#[tokio::main]
async fn main() -> ExitCode {
    let config = Config::parse();
    if let Some(command) = &config.command {
        return match command_output(command, &config.token_issuer()) {
            Ok(text) => print(&text),
            Err(error) => {
                eprintln!("error: {error}; `demo-app routes` lists the handlers");
                ExitCode::FAILURE
            }
        };
    }
    let filter = EnvFilter::builder().with_default_directive(LevelFilter::INFO.into()).from_env_lossy();
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).with_ansi(is_colored()).init();
    match demo_app::serve(config).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Returns whether the log is colored: on a terminal, unless `NO_COLOR` is set (<https://no-color.org>).
fn is_colored() -> bool {
    io::stderr().is_terminal() && env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

fn command_output(command: &Command, issuer: &TokenIssuer) -> Result<String, UnknownHandlerError> {
    let json = "strings and numbers serialize to JSON";
    let (format, with, operations) = match command {
        Command::Openapi { version_3_0 } => {
            let document = demo_app::openapi(issuer);
            let printed = if *version_3_0 {
                serde_json::to_string_pretty(&to_openapi_3_0(&document))
            } else {
                document.to_pretty_json()
            };
            return Ok(printed.expect(json));
        }
        Command::Routes { format, with, operations } => (format, with, operations),
    };
    let report = demo_app::routes(issuer).report();
    if let Some(scopes) = with {
        return Ok(allowed_text(&report, &GrantedScopes::from_list(scopes)));
    }
    if !operations.is_empty() {
        return Ok(sufficient_text(&report.sufficient_scopes(operations.iter().map(String::as_str))?));
    }
    Ok(match format {
        ReportFormat::Text => report.to_string(),
        ReportFormat::Markdown => report.to_markdown(),
        ReportFormat::Json => serde_json::to_string_pretty(&report).expect(json),
    })
}

/// Returns a line for each operation: whether it is allowed, and which scopes the token lacks.
fn allowed_text(report: &Report, granted: &GrantedScopes) -> String {
    let lines = report.operations().map(|operation| {
        let call = format!("{:6}{}", operation.method(), operation.path());
        if operation.is_allowed(granted) {
            format!("✓ {call}")
        } else {
            format!("✗ {call:26} missing: {}", operation.missing(granted).join(" "))
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Returns a line for each set of scopes, with the other operations that it allows.
fn sufficient_text(sets: &[SufficientScopes<'_>]) -> String {
    let lines = sets.iter().map(|set| {
        let scopes = if set.scopes.is_empty() { "no scopes".to_owned() } else { set.scopes.join(" ") };
        let others =
            set.others.iter().map(|operation| format!("{} {}", operation.method(), operation.path()));
        let others = others.collect::<Vec<_>>().join(", ");
        if others.is_empty() { scopes } else { format!("{scopes} (also allows {others})") }
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn print(text: &str) -> ExitCode {
    // Not an error: readers such as `head` close the pipe early.
    match writeln!(io::stdout(), "{text}") {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            eprintln!("error: cannot write to standard output: {error}");
            ExitCode::FAILURE
        }
        _ => ExitCode::SUCCESS,
    }
}
