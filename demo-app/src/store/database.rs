//! Queries for users, their scopes and their items.

use std::{io, time::Duration};

use scopes_runtime::Granted;
use serde::Serialize;
use sqlx::{FromRow, PgPool, SqlitePool};
use tokio::time::timeout;
use utoipa::ToSchema;

use crate::api::scopes::scope;

/// The most time that a query may take, including the wait for a connection.
pub(super) const QUERY_TIMEOUT: Duration = Duration::from_secs(5);

/// The maximum length of a `sub` (OpenID Connect Core section 2).
const MAX_USERNAME_BYTES: usize = 255;

/// A user in responses of the API.
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

/// The database of the application. Clones share its connections.
#[derive(Clone, Debug)]
pub struct Database {
    pub(super) read: Pool,
    /// One connection for SQLite, which has one writer at a time. A writer that waits for another program's lock must not
    /// take the connections of readers.
    pub(super) write: Pool,
}

#[derive(Clone, Debug)]
pub(super) enum Pool {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

/// Runs a query on either pool. The SQL is the same, the types of sqlx are not.
macro_rules! query {
    ($pool:expr, |$inner:ident| $query:expr) => {
        with_timeout(async {
            match &$pool {
                Pool::Sqlite($inner) => $query,
                Pool::Postgres($inner) => $query,
            }
        })
    };
}

/// Limits the time of a query: without a limit it never ends if the database server stops responding.
pub(super) async fn with_timeout<T>(query: impl Future<Output = sqlx::Result<T>>) -> sqlx::Result<T> {
    let timed_out =
        |_| io::Error::new(io::ErrorKind::TimedOut, format!("no response within {QUERY_TIMEOUT:?}"));
    timeout(QUERY_TIMEOUT, query).await.map_err(timed_out)?
}

impl Pool {
    async fn close(&self) {
        match self {
            Self::Sqlite(pool) => pool.close().await,
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

impl Database {
    /// Closes the database after the queries in progress.
    pub async fn close(&self) {
        self.read.close().await;
        self.write.close().await;
    }

    /// Returns a user.
    pub(crate) async fn user(&self, username: &str) -> sqlx::Result<Option<User>> {
        if !is_valid_username(username) {
            return Ok(None);
        }
        let sql = "SELECT username, email, full_name, disabled FROM users WHERE username = $1";
        query!(self.read, |pool| sqlx::query_as(sql).bind(username).fetch_optional(pool).await).await
    }

    /// Returns the stored user with this name. If the name is unknown, stores `user` first, without a password. Returns `None`
    /// if the name is invalid.
    pub(crate) async fn get_or_create_user(&self, user: &User) -> sqlx::Result<Option<User>> {
        if !is_valid_username(&user.username) {
            return Ok(None);
        }
        let sql = "INSERT INTO users (username, email, full_name, disabled, password_hash) \
                   VALUES ($1, $2, $3, FALSE, '') ON CONFLICT DO NOTHING";
        query!(self.write, |pool| {
            let insert = sqlx::query(sql).bind(&user.username).bind(&user.email).bind(&user.full_name);
            insert.execute(pool).await.map(drop)
        })
        .await?;
        self.user(&user.username).await
    }

    /// Returns the argon2id hash of a user's password, or `None` if the user or the password does not exist.
    pub(crate) async fn password_hash(&self, username: &str) -> sqlx::Result<Option<String>> {
        if !is_valid_username(username) {
            return Ok(None);
        }
        let sql = "SELECT password_hash FROM users WHERE username = $1 AND password_hash <> ''";
        query!(self.read, |pool| sqlx::query_scalar(sql).bind(username).fetch_optional(pool).await).await
    }

    /// Returns the names of the scopes that a user is allowed.
    pub(crate) async fn allowed_scopes(&self, username: &str) -> sqlx::Result<Vec<String>> {
        let sql = "SELECT scope FROM user_scopes WHERE username = $1";
        query!(self.read, |pool| sqlx::query_scalar(sql).bind(username).fetch_all(pool).await).await
    }

    /// Returns the items of a user, ordered by id.
    pub(crate) async fn items(&self, owner: &str) -> sqlx::Result<Vec<Item>> {
        let sql = "SELECT item_id, owner FROM items WHERE owner = $1 ORDER BY item_id";
        query!(self.read, |pool| sqlx::query_as(sql).bind(owner).fetch_all(pool).await).await
    }

    /// Stores an item, for a token that has the scope for it. The caller passes the token's user as the owner: the grant does
    /// not contain the user. Returns `false` if the owner already has an item with this id.
    pub(crate) async fn add_own_item(
        &self,
        _: Granted<scope::ItemsWrite>,
        item: &Item,
    ) -> sqlx::Result<bool> {
        self.insert_item(&item.owner, &item.item_id).await
    }

    /// Stores an item of the user that the token's scope names. Returns `false` if the user already has an item with this id.
    pub(crate) async fn add_item(
        &self,
        grant: Granted<scope::UserItems>,
        item_id: &str,
    ) -> sqlx::Result<bool> {
        self.insert_item(&grant.username, item_id).await
    }

    async fn insert_item(&self, owner: &str, item_id: &str) -> sqlx::Result<bool> {
        let sql = "INSERT INTO items (owner, item_id) VALUES ($1, $2) ON CONFLICT DO NOTHING";
        let rows = query!(self.write, |pool| {
            let insert = sqlx::query(sql).bind(owner).bind(item_id);
            insert.execute(pool).await.map(|result| result.rows_affected())
        })
        .await?;
        Ok(rows == 1)
    }
}

/// Returns whether a name is valid. PostgreSQL refuses U+0000 and does not index long text.
fn is_valid_username(username: &str) -> bool {
    (1..=MAX_USERNAME_BYTES).contains(&username.len()) && !username.contains('\0')
}
