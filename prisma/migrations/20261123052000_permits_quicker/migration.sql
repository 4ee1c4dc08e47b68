-- Takes a permit as before (migration source_gate), with fewer statements: slots are made when
-- some are missing, and looked for by themselves when a permit of one ran out; else the one look
-- that counts them finds the free one, too. Takers come one after the other, and all calls of the
-- cluster wait for them.
CREATE OR REPLACE FUNCTION "take_source_permit"(
  for_purpose text, for_operation text, for_site_code text,
  hard_cap int, reserved int, within_limit boolean, even_at_rest boolean,
  lease_ms double precision, initial_limit int,
  OUT permit uuid, OUT under_way int, OUT known_state jsonb, OUT now_ms double precision
) LANGUAGE plpgsql AS $$
DECLARE
  moment timestamptz;
  allowed int;
  resting boolean;
  slots int;
  ran_out int;
  free int;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('passerelle.source_permits'));
  moment := date_trunc('milliseconds', clock_timestamp());
  now_ms := extract(epoch FROM moment) * 1000;

  -- Those in slots beyond the hard cap too, from before it was lowered.
  SELECT count(*) FILTER (WHERE p.until > moment), count(*) FILTER (WHERE p.slot <= hard_cap),
         count(*) FILTER (WHERE p.until <= moment AND p.slot <= hard_cap),
         min(p.slot) FILTER (WHERE p.until IS NULL AND p.slot > reserved AND p.slot <= hard_cap)
    INTO under_way, slots, ran_out, free FROM source_permits p;
  SELECT s.state, s.calls_limit, s.rests INTO known_state, allowed, resting
    FROM source_state s WHERE s.id = 1;
  allowed := CASE WHEN within_limit THEN least(hard_cap, coalesce(allowed, initial_limit))
                  ELSE hard_cap END;
  IF under_way >= allowed OR (resting AND NOT even_at_rest) THEN RETURN; END IF;

  IF slots < hard_cap THEN
    INSERT INTO source_permits (slot) SELECT n FROM generate_series(1, hard_cap) AS n
    ON CONFLICT DO NOTHING;
  END IF;
  IF slots < hard_cap OR ran_out > 0 THEN
    -- One that ran out may be held by a transaction that stands still: nobody is to wait for that.
    SELECT f.slot INTO free FROM source_permits f
     WHERE f.slot > reserved AND f.slot <= hard_cap AND (f.until IS NULL OR f.until <= moment)
     ORDER BY f.slot LIMIT 1 FOR UPDATE SKIP LOCKED;
  END IF;
  UPDATE source_permits p
     SET permit_id = gen_random_uuid(), purpose = for_purpose, operation = for_operation,
         site_code = for_site_code, taken_at = moment,
         until = moment + lease_ms * interval '1 millisecond'
   WHERE p.slot = free
  RETURNING p.permit_id INTO permit;
  IF permit IS NOT NULL THEN under_way := under_way + 1; END IF;
END
$$;
