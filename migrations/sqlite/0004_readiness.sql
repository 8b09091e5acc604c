-- Whether the database can be written is found out by writing this one row.
CREATE TABLE readiness (
    id     BIGINT PRIMARY KEY,
    writes BIGINT NOT NULL
);
INSERT INTO readiness (id, writes) VALUES (1, 0);
