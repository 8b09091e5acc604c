-- Moments are seconds since 1970-01-01 UTC.
CREATE TABLE users (
    id            INTEGER PRIMARY KEY,
    username      TEXT    NOT NULL, -- as typed
    username_key  TEXT    NOT NULL UNIQUE, -- after NFKC, without regard to case
    lookalike_key TEXT    NOT NULL UNIQUE, -- the same for names that look the same
    created_at    BIGINT  NOT NULL
);

CREATE TABLE email_addresses (
    id         INTEGER PRIMARY KEY,
    user_id    BIGINT  NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    email      TEXT    NOT NULL, -- trimmed, lower case
    verified   BOOLEAN NOT NULL,
    is_primary BOOLEAN NOT NULL,
    created_at BIGINT  NOT NULL
);
CREATE INDEX email_addresses_user_id ON email_addresses (user_id);
-- An unverified address holds nothing back: only a verified one belongs to one person.
CREATE UNIQUE INDEX email_addresses_verified ON email_addresses (email) WHERE verified;

CREATE TABLE companies (
    id      INTEGER PRIMARY KEY,
    company TEXT    NOT NULL UNIQUE
);
INSERT INTO companies (company) VALUES ('qq');

CREATE TABLE open_ids (
    id         INTEGER PRIMARY KEY,
    user_id    BIGINT  NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    company_id BIGINT  NOT NULL REFERENCES companies (id),
    openid     TEXT    NOT NULL, -- exactly as received: letter case may matter
    unionid    TEXT, -- the same for all apps of one developer, if asked for and given
    created_at BIGINT  NOT NULL,
    UNIQUE (company_id, openid)
);
CREATE INDEX open_ids_user_id ON open_ids (user_id);
