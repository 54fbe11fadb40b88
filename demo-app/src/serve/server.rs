//! Starts the server from the options, and stops it on a signal.

use std::{future::Future, io, net::SocketAddr, time::Duration};

use tokio::{net::TcpListener, time::timeout};
use tracing::{info, warn};

use crate::{
    app::app,
    auth_server::{
        dpop::DpopMode,
        jwt_secret::JwtSecret,
        signing_key::SigningKey,
        tokens::{Tokens, TokensError},
    },
    config::Config,
    serve::connections,
    state::AppState,
    store::{database::Database, open::OpenDatabaseError},
    token_issuer::TokenIssuer,
};

/// The most time for closing the database.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);

/// An error that keeps the server from starting.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address is in use, or is not an address of this machine.
    #[error("cannot listen on {addr}: {source}; choose another address with --addr or DEMO_ADDR")]
    Listen {
        /// The address of `--addr`.
        addr: SocketAddr,
        /// The error of the operating system.
        source: io::Error,
    },
    /// The options for access tokens are invalid.
    #[error(transparent)]
    Tokens(#[from] TokensError),
    /// The database cannot be opened.
    #[error(transparent)]
    Database(#[from] OpenDatabaseError),
    /// The operating system does not deliver signals.
    #[error("cannot register handlers for SIGINT and SIGTERM: {0}")]
    Signals(#[source] io::Error),
}

/// Serves the application until Ctrl-C or SIGTERM.
///
/// # Errors
///
/// - [`ServeError::Signals`] if signals cannot be received.
/// - [`ServeError::Listen`] if the address cannot be used.
/// - [`ServeError::Tokens`] if the secret, the signing key, the issuer, the audience or the URL of the Redis server
///   cannot be used.
/// - [`ServeError::Database`] if the database cannot be opened.
pub async fn serve(config: Config) -> Result<(), ServeError> {
    let stop_signal = stop_signal().map_err(ServeError::Signals)?;
    let cannot_listen = |source| ServeError::Listen { addr: config.addr, source };
    let listener = TcpListener::bind(config.addr).await.map_err(cannot_listen)?;
    let addr = listener.local_addr().map_err(cannot_listen)?;

    let mut tokens = tokens(&config, addr)?;
    let database = Database::open(&config.database).await?;
    let has_random_secret = matches!(tokens.issuer, TokenIssuer::Secret) && config.jwt_secret.is_none();
    if has_random_secret {
        info!(
            "tokens are signed with a random secret and are invalid after a restart; --jwt-secret sets one"
        );
    }
    info!("API documentation: http://{addr}/docs/, on one page: http://{addr}/docs/reference");
    match &mut tokens.issuer {
        TokenIssuer::External(issuer) => match issuer.discover().await {
            Ok(()) => info!(
                "to log in: use the documentation with a public client of {issuer} that has the redirect URI http://{addr}/docs/oauth2-redirect.html"
            ),
            Err(error) => warn!(
                "the documentation cannot log in at {issuer}, and has a field for an access token instead: {error}; the program asks once, when it starts"
            ),
        },
        TokenIssuer::Secret | TokenIssuer::Key if config.dpop == DpopMode::Required => {
            info!("the documentation cannot log in, because --dpop required refuses clients without a proof");
        }
        TokenIssuer::Secret | TokenIssuer::Key => info!(
            "to log in: curl http://{addr}/token -d grant_type=password -d username=johndoe -d password=secret -d scope=me"
        ),
    }
    if config.dpop != DpopMode::Off && config.issuer_url.is_none() {
        info!("to call the API with a token that is bound to a key: demo-app/examples/dpop.sh http://{addr}");
    }
    let app = app(AppState::new(database.clone(), tokens));

    info!("listening on http://{addr}");
    let stop = async {
        stop_signal.await;
        info!("stopping");
    };
    connections::serve(listener, app, stop).await;
    if timeout(CLOSE_TIMEOUT, database.close()).await.is_err() {
        warn!("the database did not close within {CLOSE_TIMEOUT:?}");
    }
    Ok(())
}

fn tokens(config: &Config, addr: SocketAddr) -> Result<Tokens, TokensError> {
    let (audience, redis) = (config.audience.clone(), config.redis.as_deref());
    if let Some(url) = &config.issuer_url {
        return Tokens::from_issuer(url.clone(), audience, config.dpop, redis);
    }
    let issuer = config.issuer.clone().unwrap_or_else(|| format!("http://{addr}"));
    if let Some(file) = &config.signing_key {
        return Tokens::signed_with_key(issuer, audience, SigningKey::read(file)?, config.dpop, redis);
    }
    let secret = config.jwt_secret.clone().unwrap_or_else(JwtSecret::random);
    Tokens::signed_with_secret(issuer, audience, &secret, config.dpop, redis)
}

/// Returns a future that completes on the first SIGINT (Ctrl-C) or SIGTERM after this call.
#[cfg(unix)]
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Returns a future that completes on the first Ctrl-C after this call.
#[cfg(windows)]
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    let mut interrupt = tokio::signal::windows::ctrl_c()?;
    Ok(async move {
        interrupt.recv().await;
    })
}
