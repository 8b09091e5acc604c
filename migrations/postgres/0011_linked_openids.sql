-- The openid that the user signed in with. Unlinking it ends its sessions.
ALTER TABLE sessions ADD COLUMN identity_id BIGINT REFERENCES open_ids (id) ON DELETE CASCADE;
CREATE INDEX sessions_identity_id ON sessions (identity_id);
UPDATE sessions SET identity_id = (SELECT MIN(id) FROM open_ids WHERE open_ids.user_id = sessions.user_id)
WHERE (SELECT COUNT(*) FROM open_ids WHERE open_ids.user_id = sessions.user_id) = 1;

-- When the openid was last used to sign in. NULL if that was before this column.
ALTER TABLE open_ids ADD COLUMN last_used_at BIGINT;
