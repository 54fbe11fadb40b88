//! Users, their scopes and their items, in SQLite or PostgreSQL.

pub(crate) mod database;
pub(crate) mod open;
