//! FastAPI's OAuth2 scopes tutorial as an axum application. `--help` lists the options.

use std::{
    io::{self, IsTerminal, Write},
    process::ExitCode,
};

use clap::Parser;
use demo_app::{Command, Config, Format, TokenIssuer};
use tracing_subscriber::{EnvFilter, filter::LevelFilter};

#[tokio::main]
async fn main() -> ExitCode {
    let config = Config::parse();
    if let Some(command) = config.command {
        return print(&asked_for(command, &config.token_issuer()));
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

fn asked_for(command: Command, issuer: &TokenIssuer) -> String {
    let json = "strings and numbers are always JSON";
    match command {
        Command::Openapi => demo_app::openapi(issuer).to_pretty_json().expect(json),
        Command::Routes { format } => {
            let report = demo_app::routes(issuer).report();
            match format {
                Format::Text => report.to_string(),
                Format::Markdown => report.to_markdown(),
                Format::Json => serde_json::to_string_pretty(&report).expect(json),
            }
        }
    }
}

fn print(text: &str) -> ExitCode {
    // A reader that has seen enough closes the pipe.
    match writeln!(io::stdout(), "{text}") {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            eprintln!("error: cannot print: {error}");
            ExitCode::FAILURE
        }
        _ => ExitCode::SUCCESS,
    }
}
