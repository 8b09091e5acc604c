-- Usernames that users have given up. Each is reserved for its owner for a while.
CREATE TABLE former_usernames (
    id            INTEGER PRIMARY KEY,
    user_id       BIGINT  NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    username      TEXT    NOT NULL, -- as typed
    username_key  TEXT    NOT NULL, -- as in users
    lookalike_key TEXT    NOT NULL,
    given_up_at   BIGINT  NOT NULL
);
CREATE INDEX former_usernames_user_id ON former_usernames (user_id);
CREATE INDEX former_usernames_username_key ON former_usernames (username_key);
CREATE INDEX former_usernames_lookalike_key ON former_usernames (lookalike_key);
CREATE INDEX former_usernames_given_up_at ON former_usernames (given_up_at);

-- In whatever program the user is deleted, see `leaving`.
CREATE TRIGGER users_leave_former_usernames AFTER DELETE ON users BEGIN
    DELETE FROM former_usernames WHERE user_id = OLD.id;
END;
