//! The command line options. Each can also be set as an environment variable.

use std::{net::SocketAddr, path::PathBuf};

use clap::{Parser, Subcommand, ValueEnum, builder::NonEmptyStringValueParser};

use crate::{
    auth_server::{dpop::DpopMode, jwt_secret::JwtSecret},
    token_issuer::{ExternalIssuer, TokenIssuer},
};

/// FastAPI's OAuth2 scopes tutorial as an axum application.
#[derive(Parser)]
#[command(version)]
pub struct Config {
    /// Print something instead of serving
    #[command(subcommand)]
    pub command: Option<Command>,

    /// Address to listen on; port 0 selects a free port
    #[arg(
        long,
        global = true,
        env = "DEMO_ADDR",
        value_name = "IP:PORT",
        default_value = "127.0.0.1:8000",
        value_parser = parse_addr
    )]
    pub addr: SocketAddr,

    /// SQLite file or postgres:// URL; the first start creates the file and the tables
    #[arg(
        long,
        global = true,
        env = "DATABASE_URL",
        value_name = "FILE|URL",
        default_value = "demo-app.db",
        value_parser = NonEmptyStringValueParser::new(),
        hide_env_values = true
    )]
    pub database: String,

    /// Secret that signs the tokens, at least 32 bytes [default: a random secret for each start]
    #[arg(
        long,
        global = true,
        env = "DEMO_JWT_SECRET",
        value_name = "SECRET",
        allow_hyphen_values = true,
        hide_env_values = true
    )]
    pub jwt_secret: Option<JwtSecret>,

    /// PEM file with a P-256 or Ed25519 private key that signs the tokens; the public key is served
    #[arg(long, global = true, env = "DEMO_SIGNING_KEY", value_name = "FILE", conflicts_with = "jwt_secret")]
    pub signing_key: Option<PathBuf>,

    /// URL of another issuer: only its tokens are accepted, and none are issued
    #[arg(
        long,
        global = true,
        env = "DEMO_ISSUER_URL",
        value_name = "URL",
        value_parser = NonEmptyStringValueParser::new(),
        conflicts_with_all = ["jwt_secret", "signing_key", "issuer"]
    )]
    pub issuer_url: Option<String>,

    /// Issuer (`iss`) in the tokens that this program signs [default: http:// and the address]
    #[arg(
        long,
        global = true,
        env = "DEMO_ISSUER",
        value_name = "URL",
        value_parser = NonEmptyStringValueParser::new()
    )]
    pub issuer: Option<String>,

    /// Audience (`aud`) of the tokens
    #[arg(
        long,
        global = true,
        env = "DEMO_AUDIENCE",
        value_name = "NAME",
        default_value = "demo-app",
        value_parser = NonEmptyStringValueParser::new()
    )]
    pub audience: String,

    /// Which tokens are bound to keys of the clients (DPoP, RFC 9449). The URL of the API is then the --issuer, or with
    /// --issuer-url the --audience
    #[arg(long, global = true, env = "DEMO_DPOP", value_enum, default_value_t, value_name = "MODE")]
    pub dpop: DpopMode,

    /// Redis server with the used DPoP proofs of all copies [default: each copy has its own in memory]
    #[arg(
        long,
        global = true,
        env = "DEMO_REDIS_URL",
        value_name = "URL",
        value_parser = NonEmptyStringValueParser::new(),
        hide_env_values = true
    )]
    pub redis: Option<String>,
}

impl Config {
    /// Returns the issuer that these options select.
    pub fn token_issuer(&self) -> TokenIssuer {
        match &self.issuer_url {
            Some(url) => TokenIssuer::External(ExternalIssuer::new(url.clone())),
            None if self.signing_key.is_some() => TokenIssuer::Key,
            None => TokenIssuer::Secret,
        }
    }
}

/// What to print instead of serving. Commands use neither a port nor a database.
#[derive(Clone, Subcommand)]
pub enum Command {
    /// Print the OpenAPI document
    Openapi {
        /// Convert it to OpenAPI 3.0.3, for tools that do not read 3.1
        #[arg(long = "3.0")]
        version_3_0: bool,
    },
    /// Print each operation with the scopes that it requires
    Routes {
        /// Output format
        #[arg(long, value_enum, default_value_t = ReportFormat::Text, conflicts_with_all = ["with", "operations"])]
        format: ReportFormat,
        /// Show which operations a token with these scopes may call, and which scopes it lacks
        #[arg(long, value_name = "SCOPES", conflicts_with = "operations")]
        with: Option<String>,
        /// Print the smallest sets of scopes for the operations of these handlers (separated by commas)
        #[arg(long = "for", id = "operations", value_name = "HANDLERS", value_delimiter = ',')]
        operations: Vec<String>,
    },
}

/// The output format of a report.
#[derive(Clone, Copy, ValueEnum)]
pub enum ReportFormat {
    /// Plain text table
    Text,
    /// Markdown table
    Markdown,
    /// JSON
    Json,
}

fn parse_addr(value: &str) -> Result<SocketAddr, &'static str> {
    value.parse().map_err(|_| "expected an IP address and a port, such as 127.0.0.1:8000")
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_options_are_consistent() {
        Config::command().debug_assert();
    }

    #[test]
    fn a_secret_can_begin_with_a_hyphen_and_is_not_shown() {
        let config = Config::parse_from(["demo-app", "--jwt-secret", "-hunter2"]);
        let secret = config.jwt_secret.expect("the secret is set");
        assert_eq!(secret.as_bytes(), b"-hunter2");
        assert_eq!(format!("{secret:?}"), "JwtSecret(<redacted>)");
    }
}
