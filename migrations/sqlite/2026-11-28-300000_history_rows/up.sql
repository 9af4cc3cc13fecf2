-- The key of the row that an entry is of, by which whoever keeps a copy in memory finds the row again, also where its code has gone to
-- another. Entries of before have none.
ALTER TABLE history ADD COLUMN row_id INTEGER;
