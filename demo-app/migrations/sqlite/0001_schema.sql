CREATE TABLE users (
    username      TEXT    NOT NULL PRIMARY KEY,
    email         TEXT    NOT NULL,
    full_name     TEXT    NOT NULL,
    disabled      INTEGER NOT NULL DEFAULT FALSE CHECK (disabled IN (FALSE, TRUE)),
    password_hash TEXT    NOT NULL -- argon2id, as a PHC string
) STRICT;

-- The scopes a user may ask a token for.
CREATE TABLE user_scopes (
    username TEXT NOT NULL REFERENCES users (username) ON DELETE CASCADE,
    scope    TEXT NOT NULL,
    PRIMARY KEY (username, scope)
) STRICT;

CREATE TABLE items (
    owner   TEXT NOT NULL REFERENCES users (username) ON DELETE CASCADE,
    item_id TEXT NOT NULL,
    PRIMARY KEY (owner, item_id)
) STRICT;
