-- CreateTable
CREATE TABLE "run_events" (
    "id" BIGSERIAL NOT NULL,
    "seq" BIGINT,
    "run_id" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    "part" INTEGER,
    "state" TEXT NOT NULL,
    "detail" JSONB NOT NULL DEFAULT '{}',

    CONSTRAINT "run_events_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "bulk_retries" (
    "id" SERIAL NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL,
    "until" TIMESTAMPTZ(3) NOT NULL,
    "task" TEXT,
    "site_code" TEXT,
    "state" TEXT NOT NULL DEFAULT 'running',
    "requested_by" TEXT NOT NULL,
    "reason" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),
    "key_hash" TEXT,
    "request_hash" TEXT,

    CONSTRAINT "bulk_retries_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "bulk_retry_runs" (
    "bulk_retry_id" INTEGER NOT NULL,
    "run_id" INTEGER NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'pending',
    "retry_run_id" INTEGER,

    CONSTRAINT "bulk_retry_runs_pkey" PRIMARY KEY ("bulk_retry_id","run_id")
);

-- CreateIndex
CREATE UNIQUE INDEX "run_events_seq_key" ON "run_events"("seq");

-- CreateIndex
CREATE INDEX "run_events_run_id_seq_idx" ON "run_events"("run_id", "seq");

-- CreateIndex
CREATE UNIQUE INDEX "bulk_retries_key_hash_key" ON "bulk_retries"("key_hash");

-- CreateIndex
CREATE INDEX "bulk_retries_state_idx" ON "bulk_retries"("state");

-- AddForeignKey
ALTER TABLE "bulk_retry_runs" ADD CONSTRAINT "bulk_retry_runs_bulk_retry_id_fkey" FOREIGN KEY ("bulk_retry_id") REFERENCES "bulk_retries"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What becomes of runs and parts is written down by the database itself, at the very
-- end of each transaction (deferred), so that nobody who changes a state forgets it.
-- Those who write wait for nobody: the number that followers go by is given afterwards.
CREATE FUNCTION run_event() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  event run_events%ROWTYPE;
BEGIN
  IF TG_TABLE_NAME = 'sync_runs' THEN
    event.run_id := NEW.id;
    event.detail := jsonb_strip_nulls(jsonb_build_object(
      'reason', NEW.wait_reason, 'until', NEW.wait_until,
      'kind', NEW.error_kind, 'error', coalesce(NEW.error, NEW.hold_reason)));
  ELSE
    event.run_id := NEW.run_id;
    event.part := NEW.number;
    event.detail := jsonb_strip_nulls(jsonb_build_object(
      'reading', NEW.entity, 'period', NEW.period_code, 'site', NEW.site_code,
      'group', NEW.group_code, 'offset', NEW.page_offset, 'limit', NEW.page_limit,
      'read', NEW.read, 'rejected', NEW.rejected, 'kind', NEW.error_kind, 'error', NEW.error));
  END IF;
  INSERT INTO run_events (run_id, part, state, detail)
  VALUES (event.run_id, event.part, NEW.state::text, event.detail);
  RETURN NULL;
END $$;

-- Gives numbers to the events that are committed, and tells the last. Whoever reads calls
-- it first; one at a time, so that numbers grow in the order in which they can be seen:
-- a reader that has seen number n will never find a lower one later. Each statement sees
-- what was committed before it (READ COMMITTED), the second also what another reader has
-- numbered while this one waited. Within a run ids grow as its changes were made, since
-- they have its row locked. What retention is about to delete is passed over.
CREATE SEQUENCE run_events_seq OWNED BY run_events.seq;
CREATE INDEX run_events_unnumbered ON run_events (id) WHERE seq IS NULL;

CREATE FUNCTION number_run_events() RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM run_events WHERE seq IS NULL) THEN
    PERFORM pg_advisory_xact_lock(hashtext('passerelle.run_events'));
    WITH unnumbered AS MATERIALIZED (
      SELECT id FROM run_events WHERE seq IS NULL ORDER BY id FOR UPDATE SKIP LOCKED),
         numbered AS MATERIALIZED (
      SELECT id, nextval('run_events_seq') AS seq FROM unnumbered)
    UPDATE run_events e SET seq = n.seq FROM numbered n WHERE e.id = n.id;
  END IF;
  RETURN coalesce((SELECT max(seq) FROM run_events), 0);
END $$;

CREATE CONSTRAINT TRIGGER run_requested AFTER INSERT ON sync_runs
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION run_event();

CREATE CONSTRAINT TRIGGER run_changed AFTER UPDATE OF state, wait_until ON sync_runs
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (NEW.state <> OLD.state OR (NEW.state = 'waiting' AND NEW.wait_until > OLD.wait_until))
  EXECUTE FUNCTION run_event();

-- A part that begins says nothing: its end does, and its being put off for a failure.
CREATE CONSTRAINT TRIGGER part_changed AFTER UPDATE OF state ON sync_run_parts
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (NEW.state <> OLD.state AND (NEW.state IN ('done', 'failed', 'split', 'set_aside')
        OR (NEW.state = 'pending' AND NEW.error_kind IS NOT NULL)))
  EXECUTE FUNCTION run_event();
