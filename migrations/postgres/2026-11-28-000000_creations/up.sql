-- Which write created which rows, as runs of keys. As long as such a row has its first revision it says itself what the entry of its
-- creation would say; the first change or deletion writes the entry into history. Rows that were there before have their entries.
CREATE TABLE creations (
    write_id BIGINT NOT NULL,
    first_n  INTEGER NOT NULL CHECK (first_n >= 0),
    resource TEXT NOT NULL,
    first_id BIGINT NOT NULL,
    last_id  BIGINT NOT NULL CHECK (last_id >= first_id),
    CONSTRAINT creations_place PRIMARY KEY (write_id, first_n)
);
CREATE UNIQUE INDEX creations_rows ON creations (resource, last_id);
