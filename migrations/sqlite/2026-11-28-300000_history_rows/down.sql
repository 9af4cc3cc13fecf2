ALTER TABLE history DROP COLUMN row_id;
