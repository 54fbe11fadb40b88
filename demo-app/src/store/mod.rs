//! Users, their scopes and their items, in SQLite or PostgreSQL.

mod open;

use std::{io, time::Duration};

use serde::Serialize;
use sqlx::{FromRow, PgPool, SqlitePool};
use tokio::time::timeout;
use utoipa::ToSchema;

pub use self::open::OpenError;
use crate::scopes::Scope;

/// For how long a query may take, the wait for a connection included.
const PATIENCE: Duration = Duration::from_secs(5);

/// A longer `sub` is none of OpenID Connect's either (OpenID Connect Core, section 2).
const MAX_USERNAME_BYTES: usize = 255;

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

/// The database of the application; clones share its connections.
#[derive(Clone, Debug)]
pub struct Database {
    read: Pool,
    /// Of SQLite one connection, because one may write at a time: while it waits for another program, others read.
    write: Pool,
}

#[derive(Clone, Debug)]
enum Pool {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

/// Runs a query on the pool that there is. Both take the same SQL, by different types.
macro_rules! on {
    ($pool:expr, |$inner:ident| $query:expr) => {
        in_time(async {
            match &$pool {
                Pool::Sqlite($inner) => $query,
                Pool::Postgres($inner) => $query,
            }
        })
    };
}

/// A query that has not ended in time has failed: a server that is gone without a word keeps one waiting for ever.
async fn in_time<T>(query: impl Future<Output = sqlx::Result<T>>) -> sqlx::Result<T> {
    let silent = |_| io::Error::new(io::ErrorKind::TimedOut, format!("no answer within {PATIENCE:?}"));
    timeout(PATIENCE, query).await.map_err(silent)?
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
    /// Closes the database once the queries under way are done.
    pub async fn close(&self) {
        self.read.close().await;
        self.write.close().await;
    }

    /// The user of that name.
    pub(crate) async fn user(&self, username: &str) -> sqlx::Result<Option<User>> {
        if !may_be_stored(username) {
            return Ok(None);
        }
        let query = "SELECT username, email, full_name, disabled FROM users WHERE username = $1";
        on!(self.read, |pool| sqlx::query_as(query).bind(username).fetch_optional(pool).await).await
    }

    /// The user whom an issuer vouches for, stored if not there yet, without a password; nobody when the name is none.
    pub(crate) async fn vouched_for(&self, user: &User) -> sqlx::Result<Option<User>> {
        if !may_be_stored(&user.username) {
            return Ok(None);
        }
        let query = "INSERT INTO users (username, email, full_name, disabled, password_hash) \
                     VALUES ($1, $2, $3, FALSE, '') ON CONFLICT DO NOTHING";
        on!(self.write, |pool| {
            let new = sqlx::query(query).bind(&user.username).bind(&user.email).bind(&user.full_name);
            new.execute(pool).await.map(drop)
        })
        .await?;
        self.user(&user.username).await
    }

    /// The argon2id hash of the user's password, if there is one.
    pub(crate) async fn password_hash(&self, username: &str) -> sqlx::Result<Option<String>> {
        if !may_be_stored(username) {
            return Ok(None);
        }
        let query = "SELECT password_hash FROM users WHERE username = $1 AND password_hash <> ''";
        on!(self.read, |pool| sqlx::query_scalar(query).bind(username).fetch_optional(pool).await).await
    }

    /// The scopes the user may have. A stored name that the API no longer declares gives nothing.
    pub(crate) async fn allowed_scopes(&self, username: &str) -> sqlx::Result<Vec<Scope>> {
        let query = "SELECT scope FROM user_scopes WHERE username = $1";
        let names: Vec<String> =
            on!(self.read, |pool| sqlx::query_scalar(query).bind(username).fetch_all(pool).await).await?;
        Ok(names.iter().flat_map(|name| name.parse()).collect())
    }

    /// The user's items, by name.
    pub(crate) async fn items(&self, owner: &str) -> sqlx::Result<Vec<Item>> {
        let query = "SELECT item_id, owner FROM items WHERE owner = $1 ORDER BY item_id";
        on!(self.read, |pool| sqlx::query_as(query).bind(owner).fetch_all(pool).await).await
    }

    /// Stores an item; false when the owner has one of that name.
    pub(crate) async fn add_item(&self, item: &Item) -> sqlx::Result<bool> {
        let query = "INSERT INTO items (owner, item_id) VALUES ($1, $2) ON CONFLICT DO NOTHING";
        let added = on!(self.write, |pool| {
            let new = sqlx::query(query).bind(&item.owner).bind(&item.item_id);
            new.execute(pool).await.map(|done| done.rows_affected())
        })
        .await?;
        Ok(added == 1)
    }
}

/// Whether a user can have the name. PostgreSQL answers U+0000 with an error, and indexes no long text.
fn may_be_stored(username: &str) -> bool {
    (1..=MAX_USERNAME_BYTES).contains(&username.len()) && !username.contains('\0')
}
