-- AlterEnum
ALTER TYPE "part_state" ADD VALUE 'split';
ALTER TYPE "part_state" ADD VALUE 'set_aside';

-- AlterTable
ALTER TABLE "sync_run_parts" ADD COLUMN     "failed_at" TIMESTAMPTZ(3),
ADD COLUMN     "not_before" TIMESTAMPTZ(3),
ADD COLUMN     "page_last" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "page_limit" INTEGER,
ADD COLUMN     "page_offset" INTEGER,
ADD COLUMN     "split_from" INTEGER,
ADD COLUMN     "tries" INTEGER NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "sync_runs" ADD COLUMN     "wait_reason" TEXT,
ADD COLUMN     "wait_until" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "source_permits" (
    "slot" INTEGER NOT NULL,
    "permit_id" UUID,
    "purpose" TEXT NOT NULL DEFAULT '',
    "operation" TEXT NOT NULL DEFAULT '',
    "site_code" TEXT,
    "taken_at" TIMESTAMPTZ(3),
    "until" TIMESTAMPTZ(3),

    CONSTRAINT "source_permits_pkey" PRIMARY KEY ("slot")
);

-- CreateTable
CREATE TABLE "source_state" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "version" INTEGER NOT NULL DEFAULT 0,
    "state" JSONB NOT NULL,
    "calls_limit" INTEGER NOT NULL,
    "rests" BOOLEAN NOT NULL,

    CONSTRAINT "source_state_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "source_events" (
    "id" BIGSERIAL NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "kind" TEXT NOT NULL,
    "data" JSONB NOT NULL,

    CONSTRAINT "source_events_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "source_calls" (
    "id" BIGSERIAL NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "operation" TEXT NOT NULL,
    "purpose" TEXT NOT NULL,
    "site_code" TEXT,
    "outcome" TEXT NOT NULL,
    "ms" INTEGER NOT NULL,
    "bytes" BIGINT NOT NULL,
    "in_flight" INTEGER NOT NULL,

    CONSTRAINT "source_calls_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "source_pieces" (
    "id" SERIAL NOT NULL,
    "reading" TEXT NOT NULL,
    "site_code" TEXT,
    "group_code" TEXT,
    "by_group" BOOLEAN NOT NULL,
    "page_limit" INTEGER,
    "learnt_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "source_pieces_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "source_events_at_idx" ON "source_events"("at");

-- CreateIndex
CREATE INDEX "source_calls_at_idx" ON "source_calls"("at");

-- CreateIndex
CREATE UNIQUE INDEX "source_pieces_reading_site_code_group_code_key" ON "source_pieces"("reading", "site_code", "group_code") NULLS NOT DISTINCT;

ALTER TABLE "source_permits" ADD CONSTRAINT "source_permits_slot_check" CHECK ("slot" > 0);
ALTER TABLE "source_state" ADD CONSTRAINT "source_state_check" CHECK ("id" = 1 AND "calls_limit" > 0);
ALTER TABLE "source_pieces" ADD CONSTRAINT "source_pieces_page_limit_check" CHECK ("page_limit" > 0);
ALTER TABLE "sync_run_parts" ADD CONSTRAINT "sync_run_parts_page_check" CHECK ("page_offset" >= 0 AND "page_limit" > 0 AND "tries" >= 0);

-- Takes a permit to call NetYParéo, if one is to be had; else "permit" is null.
--
-- A function, because a statement of its own would count what is under way as it
-- was before it waited for the lock: each statement in here sees what the taker
-- before has done. So the limit holds exactly. The hard cap holds even without
-- the lock, by the number of slots. The lock is held by nobody but takers, and ends
-- with the statement: a process that stands still keeps no login waiting.
CREATE FUNCTION "take_source_permit"(
  for_purpose text, for_operation text, for_site_code text,
  hard_cap int, reserved int, within_limit boolean, even_at_rest boolean,
  lease_ms double precision, initial_limit int,
  OUT permit uuid, OUT under_way int, OUT known_state jsonb, OUT now_ms double precision
) LANGUAGE plpgsql AS $$
DECLARE
  moment timestamptz;
  allowed int;
  resting boolean;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('passerelle.source_permits'));
  moment := date_trunc('milliseconds', clock_timestamp());
  now_ms := extract(epoch FROM moment) * 1000;

  INSERT INTO source_permits (slot)
  SELECT n FROM generate_series(1, hard_cap) AS n
   WHERE NOT EXISTS (SELECT FROM source_permits p WHERE p.slot = n)
  ON CONFLICT DO NOTHING;

  SELECT s.state, s.calls_limit, s.rests INTO known_state, allowed, resting
    FROM source_state s WHERE s.id = 1;
  allowed := CASE WHEN within_limit THEN least(hard_cap, coalesce(allowed, initial_limit))
                  ELSE hard_cap END;
  -- Those in slots beyond the hard cap too, from before it was lowered.
  SELECT count(*) INTO under_way FROM source_permits p WHERE p.until > moment;
  IF under_way >= allowed OR (resting AND NOT even_at_rest) THEN RETURN; END IF;

  UPDATE source_permits p
     SET permit_id = gen_random_uuid(), purpose = for_purpose, operation = for_operation,
         site_code = for_site_code, taken_at = moment,
         until = moment + lease_ms * interval '1 millisecond'
   WHERE p.slot = (
           SELECT f.slot FROM source_permits f
            WHERE f.slot > reserved AND f.slot <= hard_cap
              AND (f.until IS NULL OR f.until <= moment)
            ORDER BY f.slot LIMIT 1 FOR UPDATE SKIP LOCKED)
  RETURNING p.permit_id INTO permit;
  IF permit IS NOT NULL THEN under_way := under_way + 1; END IF;
END
$$;
