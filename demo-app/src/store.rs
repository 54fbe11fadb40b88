//! Users, their scopes and their items, in SQLite.

use serde::Serialize;
use sqlx::{
    FromRow, SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use utoipa::ToSchema;

use crate::scopes::Scope;

/// A user, as the API shows one.
#[derive(Clone, Debug, FromRow, Serialize, ToSchema)]
pub(crate) struct User {
    pub(crate) username: String,
    pub(crate) email: String,
    pub(crate) full_name: String,
    pub(crate) disabled: bool,
}

/// An item of a user.
#[derive(Clone, Debug, FromRow, Serialize, ToSchema)]
pub(crate) struct Item {
    pub(crate) item_id: String,
    pub(crate) owner: String,
}

/// Why a database cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The URL is of another kind of database. It may hold a password, so only its scheme is told.
    #[error(
        "the database URL begins with `{scheme}://`, but this program stores in SQLite: \
         name a file such as `demo-app.db` with --database or DATABASE_URL"
    )]
    NotSqlite {
        /// What the URL begins with.
        scheme: String,
    },
    /// The file cannot be opened, or is no database of this program.
    #[error(
        "the database `{database}` cannot be used: {source}; \
         name a writable SQLite file, or one to create, with --database or DATABASE_URL"
    )]
    Unusable {
        /// The database as it was named.
        database: String,
        /// What SQLite said.
        source: sqlx::Error,
    },
}

/// The database of the application; clones share its connections.
#[derive(Clone, Debug)]
pub struct Database(SqlitePool);

impl Database {
    /// Opens a database, a file or a `sqlite:` URL. One that is not there is created, with the data of the tutorial.
    ///
    /// # Errors
    ///
    /// When it is not SQLite, cannot be read or written, or belongs to another program.
    pub async fn open(database: &str) -> Result<Self, OpenError> {
        match database.split_once("://") {
            Some((scheme, _)) if scheme != "sqlite" => {
                Err(OpenError::NotSqlite { scheme: scheme.to_owned() })
            }
            _ => Self::open_sqlite(database)
                .await
                .map_err(|source| OpenError::Unusable { database: database.to_owned(), source }),
        }
    }

    async fn open_sqlite(database: &str) -> sqlx::Result<Self> {
        let options = database
            .parse::<SqliteConnectOptions>()?
            .create_if_missing(true)
            .foreign_keys(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Normal);
        let pool = SqlitePoolOptions::new()
            // A database in memory lives as long as one of its connections.
            .min_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(options)
            .await?;
        sqlx::migrate!().run(&pool).await?;
        Ok(Self(pool))
    }

    /// Closes the database once the queries under way are done.
    pub async fn close(&self) {
        self.0.close().await;
    }

    /// The user of that name.
    pub(crate) async fn user(&self, username: &str) -> sqlx::Result<Option<User>> {
        sqlx::query_as("SELECT username, email, full_name, disabled FROM users WHERE username = ?")
            .bind(username)
            .fetch_optional(&self.0)
            .await
    }

    /// The argon2id hash of the user's password.
    pub(crate) async fn password_hash(&self, username: &str) -> sqlx::Result<Option<String>> {
        sqlx::query_scalar("SELECT password_hash FROM users WHERE username = ?")
            .bind(username)
            .fetch_optional(&self.0)
            .await
    }

    /// The scopes the user may have. A stored name that the API no longer declares gives nothing.
    pub(crate) async fn allowed_scopes(&self, username: &str) -> sqlx::Result<Vec<Scope>> {
        let names: Vec<String> = sqlx::query_scalar("SELECT scope FROM user_scopes WHERE username = ?")
            .bind(username)
            .fetch_all(&self.0)
            .await?;
        Ok(names.iter().flat_map(|name| name.parse()).collect())
    }

    /// The user's items, by name.
    pub(crate) async fn items(&self, owner: &str) -> sqlx::Result<Vec<Item>> {
        sqlx::query_as("SELECT item_id, owner FROM items WHERE owner = ? ORDER BY item_id")
            .bind(owner)
            .fetch_all(&self.0)
            .await
    }

    /// Stores an item; false when the owner has one of that name.
    pub(crate) async fn add_item(&self, item: &Item) -> sqlx::Result<bool> {
        let added = sqlx::query("INSERT INTO items (owner, item_id) VALUES (?, ?) ON CONFLICT DO NOTHING")
            .bind(&item.owner)
            .bind(&item.item_id)
            .execute(&self.0)
            .await?;
        Ok(added.rows_affected() == 1)
    }
}
