//! From a file name or a URL to a database with the application's tables.

use std::time::Duration;

use sqlx::{
    ConnectOptions, Connection,
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use tracing::info;

use super::{Database, PATIENCE, Pool, in_time};

/// For how long a query waits for a connection, and then for another program to unlock the file. Together it is less
/// than a query may take, so that none is given up which is done in the end.
const TURN: Duration = Duration::from_secs(2);

/// Why a database cannot be used. No message has the password of a URL.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The URL is of another kind of database. Only its scheme is told.
    #[error(
        "the database URL begins with `{scheme}://`, but this program stores in SQLite or PostgreSQL: \
         name a file such as `demo-app.db`, or a URL such as `postgres://user:password@host/database`, \
         with --database or DATABASE_URL"
    )]
    AnotherKind {
        /// What the URL begins with.
        scheme: String,
    },
    /// The file cannot be opened, or is no database of this program.
    #[error(
        "the database `{database}` cannot be used: {source}; \
         name a writable SQLite file, or one to create, with --database or DATABASE_URL"
    )]
    Sqlite {
        /// The database as it was named.
        database: String,
        /// What SQLite said.
        source: sqlx::Error,
    },
    /// The URL cannot be read.
    #[error(
        "the database URL is malformed: {0}; give one such as `postgres://user:password@host/database`, \
         with special characters percent-encoded, with --database or DATABASE_URL"
    )]
    PostgresUrl(#[source] sqlx::Error),
    /// The server cannot be reached, or refuses, or has a database of another program.
    #[error(
        "PostgreSQL at `{host}` cannot be used: {source}; see that it runs, and that the URL of --database \
         or DATABASE_URL names a database there, and a user who may create tables in it"
    )]
    Postgres {
        /// Where the server is.
        host: String,
        /// What PostgreSQL said.
        source: sqlx::Error,
    },
}

impl Database {
    /// Opens a database: an SQLite file, a `sqlite:` or a `postgres:` URL. Its tables are created with the data of the
    /// tutorial, and a file that is not there is, too. Several programs may do so at once.
    ///
    /// # Errors
    ///
    /// When it cannot be reached, read or written, or belongs to another program.
    pub async fn open(database: &str) -> Result<Self, OpenError> {
        match database.split_once("://") {
            Some(("postgres" | "postgresql", _)) => open_postgres(database).await,
            Some((scheme, _)) if scheme != "sqlite" => {
                Err(OpenError::AnotherKind { scheme: scheme.to_owned() })
            }
            _ => open_sqlite(database)
                .await
                .map_err(|source| OpenError::Sqlite { database: database.to_owned(), source }),
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
    // One program creates the tables, and the others wait: sqlx has no lock for SQLite.
    let mut connection = options.connect().await?;
    let mut alone = connection.begin_with("BEGIN IMMEDIATE").await?;
    sqlx::migrate!("migrations/sqlite").run(&mut *alone).await?;
    alone.commit().await?;

    let options = options.busy_timeout(TURN);
    // A database in memory lives as long as one of its connections.
    let pool = SqlitePoolOptions::new()
        .acquire_timeout(TURN)
        .min_connections(1)
        .idle_timeout(None)
        .max_lifetime(None);
    let write = pool.clone().max_connections(1).connect_with(options.clone()).await?;
    let read = pool.connect_with(options).await?;
    connection.close().await?;
    info!("users and items are stored in {database}");
    Ok(Database { read: Pool::Sqlite(read), write: Pool::Sqlite(write) })
}

async fn open_postgres(url: &str) -> Result<Database, OpenError> {
    let options: PgConnectOptions = url.parse().map_err(OpenError::PostgresUrl)?;
    let host = options.get_socket().map_or(options.get_host().to_owned(), |path| path.display().to_string());
    if let Err(source) = create_tables(&options).await {
        return Err(OpenError::Postgres { host, source });
    }
    info!("users and items are stored in PostgreSQL at {host}");
    let pool = PgPoolOptions::new().acquire_timeout(PATIENCE).connect_lazy_with(options);
    let pool = Pool::Postgres(pool);
    Ok(Database { read: pool.clone(), write: pool })
}

/// On a connection of its own: a pool does not tell why it gets none.
async fn create_tables(options: &PgConnectOptions) -> sqlx::Result<()> {
    let mut connection = in_time(options.connect()).await?;
    sqlx::migrate!("migrations/postgres").run(&mut connection).await?;
    connection.close().await
}
