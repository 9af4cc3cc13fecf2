-- The journeys that movements record, each with what it counts: whether another batch has one already is asked for every movement that is
-- written, and must cost the same however many have it.
CREATE INDEX movements_journey ON movements
    (origin_id, destination_id, dated_on, coalesce(households, -1), coalesce(individuals, -1)) WHERE happened;
