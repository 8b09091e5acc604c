-- Whoever deletes a user deletes all that belongs to them, in whatever program: SQLite heeds the
-- ON DELETE CASCADE of a table only on connections that ask for it.
CREATE TRIGGER users_leave AFTER DELETE ON users BEGIN
    DELETE FROM sessions WHERE user_id = OLD.id;
    DELETE FROM open_ids WHERE user_id = OLD.id;
    DELETE FROM email_addresses WHERE user_id = OLD.id;
END;

-- Whether somebody else claims an address is looked up in the same time whoever has it.
CREATE INDEX email_addresses_email ON email_addresses (email);
