CREATE TABLE sessions (
    id_hash      TEXT   PRIMARY KEY, -- SHA-256 of the id in the cookie
    user_id      BIGINT REFERENCES users (id) ON DELETE CASCADE, -- NULL while registering
    data         BYTEA  NOT NULL, -- sealed with the secret key, bound to id_hash
    created_at   BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL
);
CREATE INDEX sessions_user_id ON sessions (user_id);
CREATE INDEX sessions_last_seen_at ON sessions (last_seen_at);

-- The sign-in attempts that were used up, until they would have expired anyway.
CREATE TABLE spent_attempts (
    state_hash TEXT   PRIMARY KEY, -- SHA-256 of the state
    spent_at   BIGINT NOT NULL
);
