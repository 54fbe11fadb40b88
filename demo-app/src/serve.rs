//! From the options to a listening server, and to its end.

use std::{future::Future, io, net::SocketAddr, time::Duration};

use tokio::{net::TcpListener, time::timeout};
use tracing::{info, warn};

use crate::{
    AppState, Config, Database, JwtSecret, OpenError, SigningKey, TokenIssuer, Tokens, TokensError, app,
    connections,
};

/// For how long the database may take to close.
const GRACE: Duration = Duration::from_secs(5);

/// Why the server cannot start.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address is taken, or not one of this machine.
    #[error("cannot listen on {addr}: {source}; choose another address with --addr or DEMO_ADDR")]
    Listen {
        /// The address asked for.
        addr: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// The tokens would not be safe.
    #[error(transparent)]
    Tokens(#[from] TokensError),
    /// The database cannot be used.
    #[error(transparent)]
    Database(#[from] OpenError),
    /// The system does not let the program wait for signals.
    #[error("cannot wait for the signal to stop: {0}")]
    Signals(#[source] io::Error),
}

/// Serves the application until Ctrl-C or SIGTERM.
///
/// # Errors
///
/// When it cannot start.
pub async fn serve(config: Config) -> Result<(), ServeError> {
    let stop_signal = stop_signal().map_err(ServeError::Signals)?;
    let cannot_listen = |source| ServeError::Listen { addr: config.addr, source };
    let listener = TcpListener::bind(config.addr).await.map_err(cannot_listen)?;
    let addr = listener.local_addr().map_err(cannot_listen)?;

    let tokens = tokens(&config, addr)?;
    let database = Database::open(&config.database).await?;
    match &tokens.issuer {
        TokenIssuer::External(url) => info!("tokens are those of {url}"),
        TokenIssuer::Secret if config.jwt_secret.is_none() => {
            info!("no --jwt-secret is given: tokens are signed with a random one and end with this run");
        }
        TokenIssuer::Secret | TokenIssuer::Key => {}
    }
    let app = app(AppState::new(database.clone(), tokens));

    info!("listening on http://{addr}");
    let stop = async {
        stop_signal.await;
        info!("stopping");
    };
    connections::serve(listener, app, stop).await;
    if timeout(GRACE, database.close()).await.is_err() {
        warn!("the database did not let go within {GRACE:?}");
    }
    Ok(())
}

fn tokens(config: &Config, addr: SocketAddr) -> Result<Tokens, TokensError> {
    let audience = config.audience.clone();
    if let Some(url) = &config.issuer_url {
        return Tokens::of_issuer(url.clone(), audience);
    }
    let issuer = config.issuer.clone().unwrap_or_else(|| format!("http://{addr}"));
    if let Some(file) = &config.signing_key {
        return Tokens::signed_with_key(issuer, audience, SigningKey::read(file)?);
    }
    let secret = config.jwt_secret.clone().unwrap_or_else(JwtSecret::random);
    Tokens::signed_with_secret(issuer, audience, &secret)
}

/// Ends with the first Ctrl-C or SIGTERM from now on.
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

/// Ends with the first Ctrl-C.
#[cfg(windows)]
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    let mut interrupt = tokio::signal::windows::ctrl_c()?;
    Ok(async move {
        interrupt.recv().await;
    })
}
