CREATE TABLE users (
    username      TEXT    NOT NULL PRIMARY KEY,
    email         TEXT    NOT NULL,
    full_name     TEXT    NOT NULL,
    disabled      BOOLEAN NOT NULL DEFAULT FALSE,
    password_hash TEXT    NOT NULL -- argon2id, as a PHC string; empty where an issuer vouches for the user
);

-- The scopes a user may ask a token for.
CREATE TABLE user_scopes (
    username TEXT NOT NULL REFERENCES users (username) ON DELETE CASCADE,
    scope    TEXT NOT NULL,
    PRIMARY KEY (username, scope)
);

CREATE TABLE items (
    owner   TEXT             NOT NULL REFERENCES users (username) ON DELETE CASCADE,
    item_id TEXT COLLATE "C" NOT NULL, -- in the order that SQLite has
    PRIMARY KEY (owner, item_id)
);
