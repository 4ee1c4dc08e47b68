-- CreateTable
CREATE TABLE "login_attempts" (
    "key" TEXT NOT NULL,
    "account" TEXT,
    "failures" INTEGER NOT NULL DEFAULT 0,
    "claims" INTEGER NOT NULL DEFAULT 0,
    "attempted_at" TIMESTAMPTZ(3) NOT NULL,
    "next_at" TIMESTAMPTZ(3),
    "succeeded_at" TIMESTAMPTZ(3),

    CONSTRAINT "login_attempts_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "login_key" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "key" TEXT NOT NULL,

    CONSTRAINT "login_key_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "login_verifiers" (
    "user_id" INTEGER NOT NULL,
    "salt" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "verified_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "login_verifiers_pkey" PRIMARY KEY ("user_id")
);

-- CreateIndex
CREATE INDEX "login_verifiers_expires_at_idx" ON "login_verifiers"("expires_at");

-- AddForeignKey
ALTER TABLE "login_verifiers" ADD CONSTRAINT "login_verifiers_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "login_attempts" ADD CONSTRAINT "login_attempts_failures_check" CHECK ("failures" >= 0);
ALTER TABLE "login_key" ADD CONSTRAINT "login_key_check" CHECK ("id" = 1);
-- The most that PASSERELLE_LOGIN_CACHE_HOURS may be.
ALTER TABLE "login_verifiers" ADD CONSTRAINT "login_verifiers_expires_check"
  CHECK ("expires_at" <= "verified_at" + interval '72 hours');

-- Counts an attempt on a row that is locked; time has forgiven some of those before.
CREATE FUNCTION "count_login_attempt"(
  row_key text, moment timestamptz, free int, most int,
  forgive_ms double precision, longest_ms double precision
) RETURNS int LANGUAGE sql AS $$
  UPDATE login_attempts a
     SET failures = c.failures, claims = a.claims + 1, attempted_at = moment,
         next_at = CASE WHEN c.failures > free THEN
           moment + least(longest_ms, 1000 * 2.0 ^ (c.failures - free - 1)) * interval '1 millisecond'
         END
    FROM (SELECT least(most, 1 + greatest(0, b.failures - floor(
                   extract(epoch FROM greatest(moment, b.attempted_at) - b.attempted_at)
                   * 1000 / forgive_ms)::int)) AS failures
            FROM login_attempts b WHERE b.key = row_key) c
   WHERE a.key = row_key
  RETURNING a.claims
$$;

-- Lets an attempt to log in through and counts it as failed already, so that a thousand
-- that come at once are no more than one after the other; or says how long to wait.
--
-- A network from which the account has logged in of late has a row of its own: whoever
-- guesses elsewhere does not keep its owner out. The account's row, or that one, is
-- always locked before the network's.
CREATE FUNCTION "claim_login_attempt"(
  account_key text, pair_key text, address_key text,
  account_free int, account_most int,
  account_forgive_ms double precision, account_longest_ms double precision,
  address_free int, address_most int,
  address_forgive_ms double precision, address_longest_ms double precision,
  known_ms double precision,
  OUT wait_ms double precision, OUT used_key text, OUT used_claim int, OUT address_claim int
) LANGUAGE plpgsql AS $$
DECLARE
  moment timestamptz;
  account_next timestamptz;
  address_next timestamptz;
BEGIN
  -- A crash of the server may forget the last attempts.
  PERFORM set_config('synchronous_commit', 'off', true);
  used_key := account_key;
  IF EXISTS (SELECT FROM login_attempts a WHERE a.key = pair_key
                AND a.succeeded_at > clock_timestamp() - known_ms * interval '1 millisecond') THEN
    used_key := pair_key;
  END IF;
  INSERT INTO login_attempts (key, account, attempted_at)
  SELECT k, CASE WHEN k = used_key THEN account_key END, clock_timestamp()
    FROM unnest(ARRAY[used_key, address_key]) WITH ORDINALITY AS u (k, n)
   WHERE k IS NOT NULL ORDER BY n
  ON CONFLICT DO NOTHING;
  SELECT a.next_at INTO account_next FROM login_attempts a WHERE a.key = used_key FOR UPDATE;
  SELECT a.next_at INTO address_next FROM login_attempts a WHERE a.key = address_key FOR UPDATE;

  moment := date_trunc('milliseconds', clock_timestamp());
  wait_ms := extract(epoch FROM greatest(account_next, address_next, moment) - moment) * 1000;
  IF wait_ms > 0 THEN RETURN; END IF;
  used_claim := count_login_attempt(
    used_key, moment, account_free, account_most, account_forgive_ms, account_longest_ms);
  address_claim := count_login_attempt(
    address_key, moment, address_free, address_most, address_forgive_ms, address_longest_ms);
END
$$;

-- Takes one attempt back; the delay that it had caused with it, unless others came since.
CREATE FUNCTION "return_login_attempt"(row_key text, of_claim int) RETURNS void LANGUAGE sql AS $$
  UPDATE login_attempts
     SET failures = greatest(0, failures - 1),
         next_at = CASE WHEN claims = of_claim THEN NULL ELSE next_at END
   WHERE key = row_key
$$;

-- After a good login: the account begins anew, and the network is known.
CREATE FUNCTION "clear_login_attempts"(
  account_key text, pair_key text, address_key text, address_claim int
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('synchronous_commit', 'off', true);
  UPDATE login_attempts SET failures = 0, next_at = NULL WHERE key = account_key;
  INSERT INTO login_attempts (key, account, attempted_at, succeeded_at)
  SELECT pair_key, account_key, clock_timestamp(), clock_timestamp() WHERE pair_key IS NOT NULL
  ON CONFLICT (key) DO UPDATE
     SET failures = 0, next_at = NULL, attempted_at = excluded.attempted_at,
         succeeded_at = excluded.succeeded_at;
  PERFORM return_login_attempt(address_key, address_claim);
END
$$;
