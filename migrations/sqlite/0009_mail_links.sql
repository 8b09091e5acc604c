-- Links that were mailed, and what they do when their page is confirmed.
CREATE TABLE mail_links (
    token_hash   TEXT   PRIMARY KEY, -- SHA-256 of the token in the link
    purpose      TEXT   NOT NULL, -- verify_email, link_qq
    user_id      BIGINT REFERENCES users (id) ON DELETE CASCADE, -- NULL if no mail was sent, as no user has the address
    email        TEXT   NOT NULL, -- the recipient, trimmed, lower case
    browser_hash TEXT, -- SHA-256 of the session id of the only browser that can use the link
    created_at   BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL,
    used_at      BIGINT
);
CREATE INDEX mail_links_user_id ON mail_links (user_id, email);
CREATE INDEX mail_links_expires_at ON mail_links (expires_at);

-- A user with addresses has exactly one primary one. Earlier versions stored one address per user.
UPDATE email_addresses SET is_primary = FALSE WHERE is_primary
    AND id NOT IN (SELECT MIN(id) FROM email_addresses WHERE is_primary GROUP BY user_id);
CREATE UNIQUE INDEX email_addresses_primary ON email_addresses (user_id) WHERE is_primary;

-- SQLite heeds ON DELETE CASCADE only on connections that ask for it.
CREATE TRIGGER users_leave_mail_links AFTER DELETE ON users BEGIN
    DELETE FROM mail_links WHERE user_id = OLD.id;
END;
