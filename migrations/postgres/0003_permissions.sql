-- Until when somebody renews this session's token, in seconds since 1970: of all machines, one may.
ALTER TABLE sessions ADD COLUMN renewing_until BIGINT NOT NULL DEFAULT 0;

-- People's avatars, fetched from QQ and encoded anew.
CREATE TABLE avatars (
    hash    TEXT   PRIMARY KEY, -- SHA-256 of the picture; its address on the site as well
    picture BYTEA  NOT NULL, -- JPEG
    kept_at BIGINT NOT NULL
);

-- What QQ last told of the person.
ALTER TABLE open_ids ADD COLUMN nickname TEXT;
ALTER TABLE open_ids ADD COLUMN avatar_hash TEXT;
CREATE INDEX open_ids_avatar_hash ON open_ids (avatar_hash);
