-- The database that this one is being copied from, until a site uses it.
CREATE TABLE database_copies (source TEXT NOT NULL);
