-- The browsers in which users have signed in, so that a sign-in from another one can be reported to them.
CREATE TABLE known_browsers (
    browser_hash TEXT   PRIMARY KEY, -- SHA-256 of the user's id and the id in the browser's cookie
    user_id      BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    last_seen_at BIGINT NOT NULL
);
CREATE INDEX known_browsers_user_id ON known_browsers (user_id);
CREATE INDEX known_browsers_last_seen_at ON known_browsers (last_seen_at);
