-- Expired rows are found without reading the whole table.
CREATE INDEX sessions_created_at ON sessions (created_at);
CREATE INDEX sessions_unregistered ON sessions (created_at) WHERE user_id IS NULL;
CREATE INDEX spent_attempts_spent_at ON spent_attempts (spent_at);
CREATE INDEX avatars_kept_at ON avatars (kept_at);

-- The request that refreshes the session's token until `renewing_until`, by a random name.
ALTER TABLE sessions ADD COLUMN renewing_by TEXT;
