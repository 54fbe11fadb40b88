//! FastAPI's OAuth2 scopes tutorial as an axum application. `--help` lists the options.

use std::{
    io::{self, IsTerminal, Write},
    process::ExitCode,
};

use clap::Parser;
use demo_app::{Command, Config, ReportFormat, TokenIssuer};
use tracing_subscriber::{EnvFilter, filter::LevelFilter};

#[tokio::main]
async fn main() -> ExitCode {
    let config = Config::parse();
    if let Some(command) = config.command {
        return print(&output(command, &config.token_issuer()));
    }
    let filter = EnvFilter::builder().with_default_directive(LevelFilter::INFO.into()).from_env_lossy();
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .init();
    match demo_app::serve(config).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn output(command: Command, issuer: &TokenIssuer) -> String {
    let json = "strings and numbers serialize to JSON";
    match command {
        Command::Openapi => demo_app::openapi(issuer).to_pretty_json().expect(json),
        Command::Routes { format } => {
            let report = demo_app::routes(issuer).report();
            match format {
                ReportFormat::Text => report.to_string(),
                ReportFormat::Markdown => report.to_markdown(),
                ReportFormat::Json => serde_json::to_string_pretty(&report).expect(json),
            }
        }
    }
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
