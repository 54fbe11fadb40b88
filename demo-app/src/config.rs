//! The options of the program, each by flag or by environment variable.

use std::{fmt, net::SocketAddr, path::PathBuf};

use clap::{Parser, Subcommand, ValueEnum, builder::NonEmptyStringValueParser};

use crate::TokenIssuer;

/// FastAPI's OAuth2 scopes tutorial as an axum application.
#[derive(Parser)]
#[command(version)]
pub struct Config {
    /// What to do instead of serving
    #[command(subcommand)]
    pub command: Option<Command>,

    /// Address to listen on; port 0 takes a free one
    #[arg(
        long,
        env = "DEMO_ADDR",
        value_name = "IP:PORT",
        default_value = "127.0.0.1:8000",
        value_parser = parse_addr
    )]
    pub addr: SocketAddr,

    /// SQLite file or postgres:// URL of users and items; tables, and the file, are created at the first start
    #[arg(
        long,
        env = "DATABASE_URL",
        value_name = "FILE|URL",
        default_value = "demo-app.db",
        value_parser = NonEmptyStringValueParser::new(),
        hide_env_values = true
    )]
    pub database: String,

    /// Secret of at least 32 bytes that signs the tokens [default: a random one per start]
    #[arg(
        long,
        env = "DEMO_JWT_SECRET",
        value_name = "SECRET",
        allow_hyphen_values = true,
        hide_env_values = true
    )]
    pub jwt_secret: Option<JwtSecret>,

    /// Private key that signs the tokens instead, P-256 or Ed25519 in PEM; its public key is served
    #[arg(long, env = "DEMO_SIGNING_KEY", value_name = "FILE", conflicts_with = "jwt_secret")]
    pub signing_key: Option<PathBuf>,

    /// Other issuer whose tokens are accepted, instead of signing any here
    #[arg(
        long,
        env = "DEMO_ISSUER_URL",
        value_name = "URL",
        value_parser = NonEmptyStringValueParser::new(),
        conflicts_with_all = ["jwt_secret", "signing_key", "issuer"]
    )]
    pub issuer_url: Option<String>,

    /// Issuer (`iss`) of the tokens signed here [default: http:// and the address]
    #[arg(
        long,
        env = "DEMO_ISSUER",
        value_name = "URL",
        value_parser = NonEmptyStringValueParser::new()
    )]
    pub issuer: Option<String>,

    /// Audience (`aud`) of the tokens
    #[arg(
        long,
        env = "DEMO_AUDIENCE",
        value_name = "NAME",
        default_value = "demo-app",
        value_parser = NonEmptyStringValueParser::new()
    )]
    pub audience: String,
}

impl Config {
    /// Who signs the tokens, by these options.
    pub fn token_issuer(&self) -> TokenIssuer {
        match &self.issuer_url {
            Some(url) => TokenIssuer::External(url.clone()),
            None if self.signing_key.is_some() => TokenIssuer::Key,
            None => TokenIssuer::Secret,
        }
    }
}

/// What the program does instead of serving; neither a port nor a database is touched.
#[derive(Clone, Copy, Subcommand)]
pub enum Command {
    /// Print the OpenAPI document
    Openapi,
    /// Print who may call what
    Routes {
        /// How to write it
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
}

/// How a report is written.
#[derive(Clone, Copy, ValueEnum)]
pub enum Format {
    /// A table for a terminal
    Text,
    /// A table for a page
    Markdown,
    /// For other programs
    Json,
}

fn parse_addr(value: &str) -> Result<SocketAddr, &'static str> {
    value.parse().map_err(|_| "expected an IP address and a port, such as 127.0.0.1:8000")
}

/// The secret that signs access tokens; `Debug` does not show it.
///
/// Any string is taken here, and checked where it is used: clap would print a value that it refuses.
#[derive(Clone)]
pub struct JwtSecret(Vec<u8>);

impl JwtSecret {
    /// A new secret of 32 random bytes.
    pub(crate) fn random() -> Self {
        Self(rand::random::<[u8; 32]>().to_vec())
    }

    /// The bytes of the secret.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl From<String> for JwtSecret {
    fn from(secret: String) -> Self {
        Self(secret.into_bytes())
    }
}

impl fmt::Debug for JwtSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JwtSecret(<redacted>)")
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_options_do_not_contradict_each_other() {
        Config::command().debug_assert();
    }

    #[test]
    fn a_secret_may_begin_with_a_hyphen_and_is_not_shown() {
        let config = Config::parse_from(["demo-app", "--jwt-secret", "-hunter2"]);
        let secret = config.jwt_secret.expect("it was given");
        assert_eq!(secret.as_bytes(), b"-hunter2");
        assert_eq!(format!("{secret:?}"), "JwtSecret(<redacted>)");
    }
}
