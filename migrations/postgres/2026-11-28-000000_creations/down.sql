-- What rows say themselves becomes entries again; the values stay where they are, in the rows.
INSERT INTO history (write_id, n, resource, code, action, revision, before, after)
    SELECT write_id, first_n + (made.id - first_id), 'locations', made.code, 'create', 1, NULL, NULL
    FROM creations JOIN locations AS made ON made.id BETWEEN first_id AND last_id AND made.revision = 1
    WHERE resource = 'locations';
INSERT INTO history (write_id, n, resource, code, action, revision, before, after)
    SELECT write_id, first_n + (made.id - first_id), 'sources', made.code, 'create', 1, NULL, NULL
    FROM creations JOIN sources AS made ON made.id BETWEEN first_id AND last_id AND made.revision = 1
    WHERE resource = 'sources';
INSERT INTO history (write_id, n, resource, code, action, revision, before, after)
    SELECT write_id, first_n + (made.id - first_id), 'agreements', made.code, 'create', 1, NULL, NULL
    FROM creations JOIN agreements AS made ON made.id BETWEEN first_id AND last_id AND made.revision = 1
    WHERE resource = 'agreements';
INSERT INTO history (write_id, n, resource, code, action, revision, before, after)
    SELECT write_id, first_n + (made.id - first_id), 'batches', made.code, 'create', 1, NULL, NULL
    FROM creations JOIN batches AS made ON made.id BETWEEN first_id AND last_id AND made.revision = 1
    WHERE resource = 'batches';
INSERT INTO history (write_id, n, resource, code, action, revision, before, after)
    SELECT write_id, first_n + (made.id - first_id), 'movements', made.code, 'create', 1, NULL, NULL
    FROM creations JOIN movements AS made ON made.id BETWEEN first_id AND last_id AND made.revision = 1
    WHERE resource = 'movements';
INSERT INTO history (write_id, n, resource, code, action, revision, before, after)
    SELECT write_id, first_n + (made.id - first_id), 'returns', made.code, 'create', 1, NULL, NULL
    FROM creations JOIN returns AS made ON made.id BETWEEN first_id AND last_id AND made.revision = 1
    WHERE resource = 'returns';
INSERT INTO history (write_id, n, resource, code, action, revision, before, after)
    SELECT write_id, first_n + (made.id - first_id), 'figures', made.code, 'create', 1, NULL, NULL
    FROM creations JOIN figures AS made ON made.id BETWEEN first_id AND last_id AND made.revision = 1
    WHERE resource = 'figures';
DROP TABLE creations;
