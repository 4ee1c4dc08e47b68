-- CreateTable
CREATE TABLE "sessions" (
    "id" SERIAL NOT NULL,
    "user_id" INTEGER NOT NULL,
    "hash" TEXT NOT NULL,
    "previous_hash" TEXT,
    "rotated_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "idle_until" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "from_where" TEXT,

    CONSTRAINT "sessions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "setup_links" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "hash" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "setup_links_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "sessions_hash_key" ON "sessions"("hash");

-- CreateIndex
CREATE INDEX "sessions_user_id_idx" ON "sessions"("user_id");

-- CreateIndex
CREATE INDEX "sessions_previous_hash_idx" ON "sessions"("previous_hash");

-- CreateIndex
CREATE INDEX "audit_events_actor_id_idx" ON "audit_events"("actor", "id" DESC);

-- AddForeignKey
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- The audit is append-only. A statement that would change or remove events fails,
-- whoever sends it, but for the two functions below. The owner of the table could
-- take this trigger away; a role of the API's own, which owns nothing, cannot
-- (`passerelle migrate --api-role`, docs/fr/droits.md).
CREATE FUNCTION "refuse_audit_change"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  upkeep text := coalesce(current_setting('passerelle.audit_upkeep', true), '');
  otherwise audit_events%ROWTYPE;
BEGIN
  IF TG_OP = 'DELETE' AND upkeep = 'retention' THEN RETURN OLD; END IF;
  IF TG_OP = 'UPDATE' AND upkeep = 'erasure' THEN
    otherwise := NEW;
    otherwise.before := OLD.before;
    otherwise.after := OLD.after;
    otherwise.from_where := OLD.from_where;
    otherwise.reason := OLD.reason;
    -- These may be emptied, the reason of a protection only; all else stays word for word.
    IF otherwise IS NOT DISTINCT FROM OLD
       AND (NEW.before IS NULL OR NEW.before = OLD.before)
       AND (NEW.after IS NULL OR NEW.after = OLD.after)
       AND (NEW.from_where IS NULL OR NEW.from_where = OLD.from_where)
       AND (NEW.reason IS NOT DISTINCT FROM OLD.reason
            OR (NEW.reason IS NULL AND OLD.action IN ('user.protected', 'user.unprotected'))) THEN
      RETURN NEW;
    END IF;
  END IF;
  RAISE EXCEPTION 'audit_events is append-only' USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE TRIGGER "audit_events_append_only" BEFORE UPDATE OR DELETE ON "audit_events"
  FOR EACH ROW EXECUTE FUNCTION "refuse_audit_change"();
CREATE TRIGGER "audit_events_no_truncate" BEFORE TRUNCATE ON "audit_events"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_audit_change"();

-- Forgets events by age; returns how many. Not for the API's role.
CREATE FUNCTION "forget_audit_events"(older_than timestamptz, at_most int) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  gone int;
BEGIN
  PERFORM set_config('passerelle.audit_upkeep', 'retention', true);
  DELETE FROM audit_events WHERE id IN (
    SELECT e.id FROM audit_events e WHERE e.occurred_at < older_than
     ORDER BY e.occurred_at LIMIT at_most);
  GET DIAGNOSTICS gone = ROW_COUNT;
  PERFORM set_config('passerelle.audit_upkeep', '', true);
  RETURN gone;
END
$$;

-- Empties what events say of a person who was erased, and where that person acted
-- from, and why they were protected; the events stay. Does nothing for anybody who is
-- there still.
CREATE FUNCTION "empty_audit_events"(person int) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM users u WHERE u.id = person) THEN RETURN; END IF;
  PERFORM set_config('passerelle.audit_upkeep', 'erasure', true);
  UPDATE audit_events SET before = NULL, after = NULL
   WHERE entity = 'user' AND entity_id = person::text
     AND (before IS NOT NULL OR after IS NOT NULL);
  UPDATE audit_events SET reason = NULL
   WHERE entity = 'user' AND entity_id = person::text AND reason IS NOT NULL
     AND action IN ('user.protected', 'user.unprotected');
  UPDATE audit_events SET from_where = NULL
   WHERE actor = 'user:' || person AND from_where IS NOT NULL;
  PERFORM set_config('passerelle.audit_upkeep', '', true);
END
$$;

REVOKE EXECUTE ON FUNCTION "forget_audit_events"(timestamptz, int) FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION "empty_audit_events"(int) FROM PUBLIC;

ALTER TABLE "setup_links" ADD CONSTRAINT "setup_links_one_check" CHECK ("id" = 1);
