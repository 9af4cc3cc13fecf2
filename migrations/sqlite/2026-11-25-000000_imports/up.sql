-- Writes that are larger than memory, and imports that can be taken back.

-- One row for each writing transaction. Its entries are numbered from first_seq to last_seq, which it takes at its end: a
-- transaction may write its entries while it goes on, and others still commit in between.
CREATE TABLE writes (
    id        INTEGER PRIMARY KEY,
    first_seq INTEGER NOT NULL UNIQUE CHECK (first_seq > 0),
    last_seq  INTEGER NOT NULL CHECK (last_seq >= first_seq),
    at        TEXT NOT NULL,
    "by"      TEXT NOT NULL
) STRICT;
INSERT INTO writes (id, first_seq, last_seq, at, "by") SELECT seq, seq, seq, at, "by" FROM history;

-- Append-only: what, before, after. (Why `action` is no list: see the first migration.) The number of an entry is its write's first_seq + n. Nothing refers from here to
-- writes: its row comes last, and checking millions of entries at the commit would cost more than writing them.
CREATE TABLE entries (
    write_id INTEGER NOT NULL,
    n        INTEGER NOT NULL CHECK (n >= 0),
    resource TEXT NOT NULL,
    code     TEXT NOT NULL,
    action   TEXT NOT NULL CHECK (action = 'create' OR action = 'update' OR action = 'delete'),
    revision INTEGER NOT NULL CHECK (revision > 0),
    before   TEXT,
    after    TEXT,
    CONSTRAINT history_place PRIMARY KEY (write_id, n)
) STRICT;
INSERT INTO entries SELECT seq, 0, resource, code, action, revision, before, after FROM history;
DROP TABLE history;
ALTER TABLE entries RENAME TO history;
CREATE UNIQUE INDEX history_row ON history (resource, code, revision);

CREATE TABLE imports (
    id             INTEGER PRIMARY KEY,
    code           TEXT NOT NULL UNIQUE,
    sheet          TEXT NOT NULL CHECK (sheet IN ('locations', 'sources', 'agreements', 'movements', 'returns')),
    write_id       INTEGER NOT NULL UNIQUE REFERENCES writes (id) DEFERRABLE INITIALLY DEFERRED,
    -- SHA-256 of the file, in hexadecimal: the same file sent twice is recognised.
    fingerprint    TEXT NOT NULL,
    "rows"         INTEGER NOT NULL CHECK ("rows" >= 0),
    counts         TEXT NOT NULL,
    warnings       TEXT NOT NULL,
    warnings_total INTEGER NOT NULL CHECK (warnings_total >= 0)
) STRICT;
CREATE INDEX imports_fingerprint ON imports (fingerprint);
