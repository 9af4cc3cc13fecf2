DROP TABLE imports;
CREATE TABLE entries (
    seq      INTEGER PRIMARY KEY,
    resource TEXT NOT NULL,
    code     TEXT NOT NULL,
    action   TEXT NOT NULL CHECK (action IN ('create', 'update', 'delete')),
    revision INTEGER NOT NULL CHECK (revision > 0),
    at       TEXT NOT NULL,
    "by"     TEXT NOT NULL,
    before   TEXT,
    after    TEXT
) STRICT;
INSERT INTO entries
    SELECT first_seq + n, resource, code, action, revision, at, "by", before, after
    FROM history JOIN writes ON writes.id = history.write_id;
DROP TABLE history;
DROP TABLE writes;
ALTER TABLE entries RENAME TO history;
CREATE INDEX history_row ON history (resource, code, seq);
