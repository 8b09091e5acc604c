-- Mails that wait to be sent. A mail is deleted as soon as the mail server has accepted it.
CREATE TABLE mails (
    id              TEXT   PRIMARY KEY, -- random; also in the Message-ID
    user_id         BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    message         BYTEA  NOT NULL, -- recipient and content, sealed with the secret key, bound to id
    created_at      BIGINT NOT NULL,
    expires_at      BIGINT NOT NULL, -- when it is no longer worth sending
    attempts        BIGINT NOT NULL DEFAULT 0,
    next_attempt_at BIGINT NOT NULL,
    leased_until    BIGINT NOT NULL DEFAULT 0 -- until when one machine sends it, by the clock of the database
);
CREATE INDEX mails_user_id ON mails (user_id);
CREATE INDEX mails_expires_at ON mails (expires_at);
CREATE INDEX mails_next_attempt_at ON mails (next_attempt_at);

-- The clock of the database, under the name that SQLite gives it.
CREATE FUNCTION unixepoch() RETURNS BIGINT LANGUAGE SQL STABLE AS 'SELECT CAST(EXTRACT(EPOCH FROM now()) AS BIGINT)';
