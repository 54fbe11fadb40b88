//! Opens a database and creates its tables.

use std::time::{Duration, Instant};

use sqlx::{
    ConnectOptions, Connection, SqliteConnection,
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use tokio::time::sleep;
use tracing::info;

use crate::store::database::{Database, Pool, QUERY_TIMEOUT, with_timeout};

/// The most time that a query waits for a connection to SQLite, and then for another program's lock. The sum must be less
/// than [`QUERY_TIMEOUT`]: otherwise a query that timed out could still be executed.
const SQLITE_TIMEOUT: Duration = Duration::from_secs(2);

/// The time between two attempts to open a locked database.
const RETRY_AFTER: Duration = Duration::from_millis(20);

const SQLITE_BUSY: u32 = 5;

/// A database that cannot be opened. Messages never contain the password of a URL.
#[derive(Debug, thiserror::Error)]
pub enum OpenDatabaseError {
    /// The scheme of the URL is not supported.
    #[error(
        "database URLs with `{scheme}://` are not supported, only SQLite and PostgreSQL are: \
         set --database or DATABASE_URL to a file such as `demo-app.db`, \
         or to a URL such as `postgres://user:password@host/database`"
    )]
    UnsupportedScheme {
        /// The scheme of the URL.
        scheme: String,
    },
    /// The file cannot be opened, or is not a database of this program.
    #[error(
        "cannot open the database `{database}`: {source}; \
         set --database or DATABASE_URL to a writable SQLite file, or to a new file in an existing directory"
    )]
    Sqlite {
        /// The file name or URL.
        database: String,
        /// The error of SQLite.
        source: sqlx::Error,
    },
    /// The URL of a PostgreSQL database is malformed.
    #[error(
        "the database URL is malformed: {0}; set --database or DATABASE_URL to a URL such as \
         `postgres://user:password@host/database`, with special characters percent-encoded"
    )]
    PostgresUrl(#[source] sqlx::Error),
    /// The PostgreSQL server cannot be reached, refuses the connection, or has a database of another program.
    #[error(
        "cannot use PostgreSQL at `{host}`: {source}; check that the server runs, that the database of --database or \
         DATABASE_URL exists, and that its user may create tables"
    )]
    Postgres {
        /// The host or socket directory of the server.
        host: String,
        /// The error of PostgreSQL.
        source: sqlx::Error,
    },
}

impl Database {
    /// Opens a SQLite file, a `sqlite:` URL or a `postgres:` URL. Creates the file and the tables, with the data of the
    /// tutorial, if they do not exist. Several programs can open a database at once.
    ///
    /// # Errors
    ///
    /// - [`OpenDatabaseError::UnsupportedScheme`] if the URL has another scheme.
    /// - [`OpenDatabaseError::PostgresUrl`] if a `postgres:` URL is malformed.
    /// - [`OpenDatabaseError::Sqlite`] or [`OpenDatabaseError::Postgres`] if the database cannot be reached, read or
    ///   written, or belongs to another program.
    pub async fn open(database: &str) -> Result<Self, OpenDatabaseError> {
        match database.split_once("://") {
            Some(("postgres" | "postgresql", _)) => open_postgres(database).await,
            Some((scheme, _)) if scheme != "sqlite" => {
                Err(OpenDatabaseError::UnsupportedScheme { scheme: scheme.to_owned() })
            }
            _ => open_sqlite(database)
                .await
                .map_err(|source| OpenDatabaseError::Sqlite { database: database.to_owned(), source }),
        }
    }
}

async fn open_sqlite(database: &str) -> sqlx::Result<Database> {
    let options = database
        .parse::<SqliteConnectOptions>()?
        .create_if_missing(true)
        .foreign_keys(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Normal);
    // sqlx does not lock SQLite while it migrates, so several programs that start at once need this transaction.
    let mut connection = connect_when_free(&options).await?;
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    sqlx::migrate!("migrations/sqlite").run(&mut *transaction).await?;
    transaction.commit().await?;

    let options = options.busy_timeout(SQLITE_TIMEOUT);
    // A database in memory exists as long as one of its connections.
    let pool = SqlitePoolOptions::new()
        .acquire_timeout(SQLITE_TIMEOUT)
        .min_connections(1)
        .idle_timeout(None)
        .max_lifetime(None);
    let write = pool.clone().max_connections(1).connect_with(options.clone()).await?;
    let read = pool.connect_with(options).await?;
    connection.close().await?;
    info!("users and items are stored in {database}");
    Ok(Database { read: Pool::Sqlite(read), write: Pool::Sqlite(write) })
}

/// Connects, up to [`QUERY_TIMEOUT`]. SQLite itself does not wait for another program that sets the journal mode of a new file
/// at the same time.
async fn connect_when_free(options: &SqliteConnectOptions) -> sqlx::Result<SqliteConnection> {
    let start = Instant::now();
    loop {
        match options.connect().await {
            Err(error) if is_busy(&error) && start.elapsed() < QUERY_TIMEOUT => sleep(RETRY_AFTER).await,
            result => return result,
        }
    }
}

/// Returns whether another program locks the database (`SQLITE_BUSY` and its extended codes).
fn is_busy(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code());
    code.and_then(|code| code.parse::<u32>().ok()).is_some_and(|code| code & 0xff == SQLITE_BUSY)
}

async fn open_postgres(url: &str) -> Result<Database, OpenDatabaseError> {
    let options: PgConnectOptions = url.parse().map_err(OpenDatabaseError::PostgresUrl)?;
    let host = options.get_socket().map_or(options.get_host().to_owned(), |path| path.display().to_string());
    if let Err(source) = create_tables(&options).await {
        return Err(OpenDatabaseError::Postgres { host, source });
    }
    info!("users and items are stored in PostgreSQL at {host}");
    let pool = PgPoolOptions::new().acquire_timeout(QUERY_TIMEOUT).connect_lazy_with(options);
    let pool = Pool::Postgres(pool);
    Ok(Database { read: pool.clone(), write: pool })
}

/// Creates the tables. Uses a connection of its own, because a pool does not return the reason why connecting fails.
async fn create_tables(options: &PgConnectOptions) -> sqlx::Result<()> {
    let mut connection = with_timeout(options.connect()).await?;
    sqlx::migrate!("migrations/postgres").run(&mut connection).await?;
    connection.close().await
}
