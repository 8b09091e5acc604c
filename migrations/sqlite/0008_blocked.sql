-- When the operator blocked the user, in seconds since 1970. NULL: not blocked.
ALTER TABLE users ADD COLUMN blocked_at BIGINT;
