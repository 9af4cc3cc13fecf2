-- What homeward records. The same names on both databases; derived columns are written by store/tallies.rs alone.
--
-- Where rows come by the million, a check says `a = x OR a = y OR …`: for `a IN (…)` with more than two words SQLite makes a table of the
-- words, for every row anew.

-- The number of the last history entry. Locked at the end of every writing transaction, so that numbers rise in
-- commit order and "the data have not changed" is one cheap read.
CREATE TABLE data_version (
    id  INTEGER PRIMARY KEY CHECK (id = 1),
    seq INTEGER NOT NULL CHECK (seq >= 0)
) STRICT;
INSERT INTO data_version (id, seq) VALUES (1, 0);

CREATE TABLE tokens (
    id         INTEGER PRIMARY KEY,
    name       TEXT NOT NULL UNIQUE,
    hash       TEXT NOT NULL UNIQUE,
    role       TEXT NOT NULL CHECK (role IN ('reader', 'editor', 'admin')),
    created_at TEXT NOT NULL,
    expires_at TEXT,
    revoked_at TEXT
) STRICT;

-- Append-only: who, when, what, before, after. `seq` is given by the writer, in commit order.
CREATE TABLE history (
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
CREATE INDEX history_row ON history (resource, code, seq);

CREATE TABLE locations (
    id              INTEGER PRIMARY KEY,
    code            TEXT NOT NULL UNIQUE,
    name            TEXT NOT NULL,
    name_ar         TEXT,
    aliases         TEXT NOT NULL,
    kind            TEXT NOT NULL CHECK (kind IN ('country', 'admin1', 'admin2', 'admin3', 'admin4', 'area', 'locality', 'neighbourhood', 'camp', 'crossing')),
    parent_id       INTEGER REFERENCES locations (id),
    p_code          TEXT UNIQUE,
    latitude        REAL CHECK (latitude BETWEEN -90 AND 90),
    longitude       REAL CHECK (longitude BETWEEN -180 AND 180),
    settlement_type TEXT CHECK (settlement_type IN ('individual', 'self_settled_camp', 'planned_camp', 'collective_centre', 'reception_centre', 'undefined')),
    -- Derived: the ids from the top of the gazetteer down to this place ("1.7.31."), and the nearest place at each level.
    path            TEXT NOT NULL,
    country_id      INTEGER REFERENCES locations (id),
    admin1_id       INTEGER REFERENCES locations (id),
    admin2_id       INTEGER REFERENCES locations (id),
    admin3_id       INTEGER REFERENCES locations (id),
    -- Derived: the folded words of names, aliases and codes, a space before each.
    words           TEXT NOT NULL,
    revision        INTEGER NOT NULL CHECK (revision > 0),
    created_at      TEXT NOT NULL,
    updated_at      TEXT NOT NULL,
    CHECK ((latitude IS NULL) = (longitude IS NULL)),
    CHECK (parent_id <> id)
) STRICT;
CREATE INDEX locations_parent ON locations (parent_id);
CREATE INDEX locations_path ON locations (path);
CREATE INDEX locations_kind ON locations (kind, code);
CREATE INDEX locations_settlement_type ON locations (settlement_type, code);
CREATE INDEX locations_country ON locations (country_id);
CREATE INDEX locations_admin1 ON locations (admin1_id);
CREATE INDEX locations_admin2 ON locations (admin2_id);
CREATE INDEX locations_admin3 ON locations (admin3_id);
CREATE INDEX locations_updated ON locations (updated_at, code);

CREATE TABLE sources (
    id           INTEGER PRIMARY KEY,
    code         TEXT NOT NULL UNIQUE,
    name         TEXT NOT NULL,
    name_ar      TEXT,
    kind         TEXT NOT NULL CHECK (kind IN ('own_count', 'government', 'local_council', 'armed_group', 'un_agency', 'ngo', 'red_cross_red_crescent', 'monitor', 'community', 'media', 'state_media', 'research', 'other')),
    reliability  TEXT CHECK (reliability IN ('low', 'medium', 'high', 'unknown')),
    url          TEXT,
    confidential INTEGER NOT NULL CHECK (confidential IN (0, 1)),
    words        TEXT NOT NULL,
    revision     INTEGER NOT NULL CHECK (revision > 0),
    created_at   TEXT NOT NULL,
    updated_at   TEXT NOT NULL
) STRICT;
CREATE INDEX sources_kind ON sources (kind, code);
CREATE INDEX sources_updated ON sources (updated_at, code);

CREATE TABLE agreements (
    id               INTEGER PRIMARY KEY,
    code             TEXT NOT NULL UNIQUE,
    name             TEXT NOT NULL,
    name_ar          TEXT,
    name_as_reported TEXT,
    signed_on        TEXT CHECK (signed_on BETWEEN '1900-01-01' AND '2199-12-31'),
    location_id      INTEGER REFERENCES locations (id),
    parties          TEXT NOT NULL,
    url              TEXT,
    notes            TEXT,
    words            TEXT NOT NULL,
    revision         INTEGER NOT NULL CHECK (revision > 0),
    created_at       TEXT NOT NULL,
    updated_at       TEXT NOT NULL
) STRICT;
CREATE INDEX agreements_date ON agreements (signed_on, code);
CREATE INDEX agreements_location ON agreements (location_id);
CREATE INDEX agreements_updated ON agreements (updated_at, code);

CREATE TABLE batches (
    id                           INTEGER PRIMARY KEY,
    code                         TEXT NOT NULL UNIQUE,
    kind                         TEXT NOT NULL CHECK (kind = 'displacement' OR kind = 'redisplacement' OR kind = 'onward'),
    number                       INTEGER CHECK (number BETWEEN 1 AND 1000000000),
    agreement_id                 INTEGER REFERENCES agreements (id),
    origin_id                    INTEGER NOT NULL REFERENCES locations (id),
    scheduled_on                 TEXT CHECK (scheduled_on BETWEEN '1900-01-01' AND '2199-12-31'),
    departed_on                  TEXT CHECK (departed_on BETWEEN '1900-01-01' AND '2199-12-31'),
    departed_on_precision        TEXT NOT NULL CHECK (departed_on_precision = 'day' OR departed_on_precision = 'week' OR departed_on_precision = 'month' OR departed_on_precision = 'year'),
    cancelled                    INTEGER NOT NULL CHECK (cancelled IN (0, 1)),
    reasons                      TEXT NOT NULL,
    parties                      TEXT NOT NULL,
    visibility                   TEXT NOT NULL CHECK (visibility IN ('public', 'restricted')),
    notes                        TEXT,
    -- Derived: the period that sorts and filters go by, whether people left, and whether the public may read it.
    dated_on                     TEXT,
    dated_last                   TEXT,
    happened                     INTEGER NOT NULL CHECK (happened IN (0, 1)),
    is_public                    INTEGER NOT NULL CHECK (is_public IN (0, 1)),
    -- Derived: the sums of the movements.
    households                   INTEGER CHECK (households >= 0),
    households_low               INTEGER CHECK (households_low <= households),
    households_high              INTEGER CHECK (households_high >= households),
    households_high_open         INTEGER CHECK (households_high_open IN (0, 1)),
    individuals                  INTEGER CHECK (individuals >= 0),
    individuals_low              INTEGER CHECK (individuals_low <= individuals),
    individuals_high             INTEGER CHECK (individuals_high >= individuals),
    individuals_high_open        INTEGER CHECK (individuals_high_open IN (0, 1)),
    movement_count               INTEGER NOT NULL,
    movements_without_households INTEGER NOT NULL,
    movements_without_individuals INTEGER NOT NULL,
    revision                     INTEGER NOT NULL CHECK (revision > 0),
    created_at                   TEXT NOT NULL,
    updated_at                   TEXT NOT NULL,
    CHECK ((dated_on IS NULL) = (dated_last IS NULL)),
    CHECK (dated_last >= dated_on)
) STRICT;
CREATE INDEX batches_date ON batches (dated_on, code);
CREATE INDEX batches_origin ON batches (origin_id, dated_on, code);
CREATE INDEX batches_agreement ON batches (agreement_id, dated_on, code);
CREATE INDEX batches_kind ON batches (kind, dated_on, code);
CREATE INDEX batches_updated ON batches (updated_at, code);

CREATE TABLE movements (
    id                      INTEGER PRIMARY KEY,
    code                    TEXT NOT NULL UNIQUE,
    batch_id                INTEGER NOT NULL REFERENCES batches (id),
    destination_id          INTEGER NOT NULL REFERENCES locations (id),
    arrived_on              TEXT CHECK (arrived_on BETWEEN '1900-01-01' AND '2199-12-31'),
    arrived_on_precision    TEXT NOT NULL CHECK (arrived_on_precision = 'day' OR arrived_on_precision = 'week' OR arrived_on_precision = 'month' OR arrived_on_precision = 'year'),
    destination_as_reported TEXT,
    settlement_type         TEXT CHECK (settlement_type = 'individual' OR settlement_type = 'self_settled_camp' OR settlement_type = 'planned_camp' OR settlement_type = 'collective_centre' OR settlement_type = 'reception_centre' OR settlement_type = 'undefined'),
    notes                   TEXT,
    -- Derived from the batch, so that a list or a statistic reads one table.
    origin_id               INTEGER NOT NULL REFERENCES locations (id),
    agreement_id            INTEGER REFERENCES agreements (id),
    batch_kind              TEXT NOT NULL,
    dated_on                TEXT,
    dated_last              TEXT,
    happened                INTEGER NOT NULL CHECK (happened IN (0, 1)),
    is_public               INTEGER NOT NULL CHECK (is_public IN (0, 1)),
    -- Derived from the figures.
    households              INTEGER CHECK (households >= 0),
    households_low          INTEGER CHECK (households_low <= households),
    households_high         INTEGER CHECK (households_high >= households),
    households_high_open    INTEGER CHECK (households_high_open IN (0, 1)),
    individuals             INTEGER CHECK (individuals >= 0),
    individuals_low         INTEGER CHECK (individuals_low <= individuals),
    individuals_high        INTEGER CHECK (individuals_high >= individuals),
    individuals_high_open   INTEGER CHECK (individuals_high_open IN (0, 1)),
    households_figure       TEXT,
    individuals_figure      TEXT,
    figure_count            INTEGER NOT NULL CHECK (figure_count >= 0),
    revision                INTEGER NOT NULL CHECK (revision > 0),
    created_at              TEXT NOT NULL,
    updated_at              TEXT NOT NULL,
    UNIQUE (batch_id, destination_id),
    CHECK (origin_id <> destination_id)
) STRICT;
CREATE INDEX movements_date ON movements (dated_on, code);
CREATE INDEX movements_destination ON movements (destination_id, dated_on, code);
CREATE INDEX movements_origin ON movements (origin_id, dated_on, code);
CREATE INDEX movements_agreement ON movements (agreement_id, dated_on, code);
CREATE INDEX movements_kind ON movements (batch_kind, dated_on, code);
CREATE INDEX movements_settlement_type ON movements (settlement_type, dated_on, code);
CREATE INDEX movements_updated ON movements (updated_at, code);

CREATE TABLE returns (
    id                     INTEGER PRIMARY KEY,
    code                   TEXT NOT NULL UNIQUE,
    from_id                INTEGER NOT NULL REFERENCES locations (id),
    to_id                  INTEGER NOT NULL REFERENCES locations (id),
    movement_id            INTEGER REFERENCES movements (id),
    agreement_id           INTEGER REFERENCES agreements (id),
    scheduled_on           TEXT CHECK (scheduled_on BETWEEN '1900-01-01' AND '2199-12-31'),
    returned_on            TEXT CHECK (returned_on BETWEEN '1900-01-01' AND '2199-12-31'),
    returned_on_precision  TEXT NOT NULL CHECK (returned_on_precision = 'day' OR returned_on_precision = 'week' OR returned_on_precision = 'month' OR returned_on_precision = 'year'),
    from_as_reported       TEXT,
    household_completeness TEXT CHECK (household_completeness = 'complete' OR household_completeness = 'partial' OR household_completeness = 'unknown'),
    members_remaining      INTEGER CHECK (members_remaining BETWEEN 0 AND 1000000000),
    cancelled              INTEGER NOT NULL CHECK (cancelled IN (0, 1)),
    reasons                TEXT NOT NULL,
    parties                TEXT NOT NULL,
    visibility             TEXT NOT NULL CHECK (visibility IN ('public', 'restricted')),
    notes                  TEXT,
    -- Derived: where it counts, which is its movement's places, agreement and kind where it has a movement.
    origin_id              INTEGER NOT NULL REFERENCES locations (id),
    destination_id         INTEGER NOT NULL REFERENCES locations (id),
    counted_agreement_id   INTEGER REFERENCES agreements (id),
    batch_kind             TEXT NOT NULL,
    movement_is_public     INTEGER NOT NULL CHECK (movement_is_public IN (0, 1)),
    dated_on               TEXT,
    dated_last             TEXT,
    happened               INTEGER NOT NULL CHECK (happened IN (0, 1)),
    is_public              INTEGER NOT NULL CHECK (is_public IN (0, 1)),
    -- Derived from the figures.
    households             INTEGER CHECK (households >= 0),
    households_low         INTEGER CHECK (households_low <= households),
    households_high        INTEGER CHECK (households_high >= households),
    households_high_open   INTEGER CHECK (households_high_open IN (0, 1)),
    individuals            INTEGER CHECK (individuals >= 0),
    individuals_low        INTEGER CHECK (individuals_low <= individuals),
    individuals_high       INTEGER CHECK (individuals_high >= individuals),
    individuals_high_open  INTEGER CHECK (individuals_high_open IN (0, 1)),
    households_figure      TEXT,
    individuals_figure     TEXT,
    figure_count           INTEGER NOT NULL CHECK (figure_count >= 0),
    revision               INTEGER NOT NULL CHECK (revision > 0),
    created_at             TEXT NOT NULL,
    updated_at             TEXT NOT NULL,
    CHECK (from_id <> to_id)
) STRICT;
CREATE INDEX returns_date ON returns (dated_on, code);
CREATE INDEX returns_from ON returns (from_id);
CREATE INDEX returns_to ON returns (to_id);
CREATE INDEX returns_movement ON returns (movement_id);
CREATE INDEX returns_agreement ON returns (agreement_id);
CREATE INDEX returns_counted_agreement ON returns (counted_agreement_id, dated_on, code);
CREATE INDEX returns_origin ON returns (origin_id, dated_on, code);
CREATE INDEX returns_destination ON returns (destination_id, dated_on, code);
CREATE INDEX returns_kind ON returns (batch_kind, dated_on, code);
CREATE INDEX returns_updated ON returns (updated_at, code);

CREATE TABLE figures (
    id                     INTEGER PRIMARY KEY,
    code                   TEXT NOT NULL UNIQUE,
    movement_id            INTEGER REFERENCES movements (id),
    return_id              INTEGER REFERENCES returns (id),
    batch_id               INTEGER REFERENCES batches (id),
    agreement_id           INTEGER REFERENCES agreements (id),
    stage                  TEXT NOT NULL CHECK (stage = 'planned' OR stage = 'registered' OR stage = 'waitlisted' OR stage = 'departed' OR stage = 'arrived' OR stage = 'withdrawn'),
    role                   TEXT CHECK (role IN ('recommended', 'triangulation')),
    scope                  TEXT NOT NULL CHECK (scope IN ('whole', 'part')),
    source_id              INTEGER REFERENCES sources (id),
    url                    TEXT,
    title                  TEXT,
    reported_on            TEXT CHECK (reported_on BETWEEN '1900-01-01' AND '2199-12-31'),
    as_of                  TEXT CHECK (as_of BETWEEN '1900-01-01' AND '2199-12-31'),
    excerpt                TEXT,
    term_as_reported       TEXT,
    place_as_reported      TEXT,
    notes                  TEXT,
    destination_id         INTEGER REFERENCES locations (id),
    households             INTEGER CHECK (households BETWEEN 0 AND 1000000000),
    households_quantifier  TEXT CHECK (households_quantifier = 'exact' OR households_quantifier = 'approximately' OR households_quantifier = 'more_than' OR households_quantifier = 'less_than' OR households_quantifier = 'between'),
    households_high        INTEGER CHECK (households_high BETWEEN households AND 1000000000),
    individuals            INTEGER CHECK (individuals BETWEEN 0 AND 1000000000),
    individuals_quantifier TEXT CHECK (individuals_quantifier = 'exact' OR individuals_quantifier = 'approximately' OR individuals_quantifier = 'more_than' OR individuals_quantifier = 'less_than' OR individuals_quantifier = 'between'),
    individuals_high       INTEGER CHECK (individuals_high BETWEEN individuals AND 1000000000),
    men                    INTEGER CHECK (men BETWEEN 0 AND 1000000000),
    women                  INTEGER CHECK (women BETWEEN 0 AND 1000000000),
    children               INTEGER CHECK (children BETWEEN 0 AND 1000000000),
    infants                INTEGER CHECK (infants BETWEEN 0 AND 1000000000),
    civilians              INTEGER CHECK (civilians BETWEEN 0 AND 1000000000),
    fighters               INTEGER CHECK (fighters BETWEEN 0 AND 1000000000),
    -- Derived: reported_on, else the date of what the figure is about.
    dated_on               TEXT,
    dated_last             TEXT,
    revision               INTEGER NOT NULL CHECK (revision > 0),
    created_at             TEXT NOT NULL,
    updated_at             TEXT NOT NULL,
    CHECK ((movement_id IS NOT NULL AND return_id IS NULL AND batch_id IS NULL AND agreement_id IS NULL)
        OR (movement_id IS NULL AND return_id IS NOT NULL AND batch_id IS NULL AND agreement_id IS NULL)
        OR (movement_id IS NULL AND return_id IS NULL AND batch_id IS NOT NULL AND agreement_id IS NULL)
        OR (movement_id IS NULL AND return_id IS NULL AND batch_id IS NULL AND agreement_id IS NOT NULL)),
    CHECK ((role IS NULL) = (batch_id IS NOT NULL OR agreement_id IS NOT NULL)),
    CHECK (role <> 'recommended' OR (scope = 'whole' AND stage <> 'withdrawn')),
    CHECK (destination_id IS NULL OR agreement_id IS NOT NULL),
    CHECK ((households_quantifier IS NULL) = (households IS NULL)),
    CHECK ((individuals_quantifier IS NULL) = (individuals IS NULL)),
    CHECK (households_high IS NULL OR households_quantifier = 'between'),
    CHECK (individuals_high IS NULL OR individuals_quantifier = 'between'),
    CHECK (coalesce(households, individuals, men, women, children, infants, civilians, fighters) IS NOT NULL)
) STRICT;
-- At most one recommended figure for each movement or return in each phase.
CREATE UNIQUE INDEX figures_one_recommended_movement
    ON figures (movement_id, (CASE WHEN stage IN ('departed', 'arrived') THEN 'actual' ELSE 'intended' END))
    WHERE role = 'recommended' AND movement_id IS NOT NULL;
CREATE UNIQUE INDEX figures_one_recommended_return
    ON figures (return_id, (CASE WHEN stage IN ('departed', 'arrived') THEN 'actual' ELSE 'intended' END))
    WHERE role = 'recommended' AND return_id IS NOT NULL;
CREATE INDEX figures_movement ON figures (movement_id);
CREATE INDEX figures_return ON figures (return_id);
CREATE INDEX figures_batch ON figures (batch_id);
CREATE INDEX figures_agreement ON figures (agreement_id);
CREATE INDEX figures_source ON figures (source_id, dated_on, code);
CREATE INDEX figures_destination ON figures (destination_id);
CREATE INDEX figures_date ON figures (dated_on, code);
CREATE INDEX figures_stage ON figures (stage, dated_on, code);
CREATE INDEX figures_scope ON figures (scope, dated_on, code);
CREATE INDEX figures_role ON figures (role, dated_on, code);
CREATE INDEX figures_updated ON figures (updated_at, code);
