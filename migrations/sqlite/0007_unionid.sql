-- A user of another app of the same developer is found by unionid. Not unique: earlier versions made an account per app.
CREATE INDEX open_ids_unionid ON open_ids (company_id, unionid) WHERE unionid IS NOT NULL;
