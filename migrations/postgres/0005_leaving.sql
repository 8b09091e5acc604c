-- Whether somebody else claims an address is looked up in the same time whoever has it.
CREATE INDEX email_addresses_email ON email_addresses (email);
