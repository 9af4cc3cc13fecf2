-- Answers to requests that were sent with an Idempotency-Key: whoever sends one again gets its answer again. Each is written by
-- the transaction that did what it tells of.
CREATE TABLE answers (
    id       INTEGER PRIMARY KEY,
    -- Whose request it was, by the name of the token, where it went, and its key.
    token    TEXT NOT NULL,
    path     TEXT NOT NULL,
    key      TEXT NOT NULL,
    -- SHA-256 of the query and the body, in hexadecimal.
    request  TEXT NOT NULL,
    at       TEXT NOT NULL,
    -- The answer. It is about the row of this code; a dry run is about none. The body is JSON.
    status   INTEGER NOT NULL,
    resource TEXT NOT NULL,
    code     TEXT,
    etag     TEXT,
    body     TEXT NOT NULL,
    UNIQUE (token, path, key)
) STRICT;
CREATE INDEX answers_at ON answers (at);
CREATE INDEX answers_row ON answers (resource, code);
