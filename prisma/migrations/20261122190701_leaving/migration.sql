-- AlterTable
ALTER TABLE "users" ADD COLUMN     "missing_on" DATE,
ADD COLUMN     "suspended_on" DATE;

-- Until now whoever was missing was suspended at once.
UPDATE "users"
   SET "missing_on" = ("missing_since" AT TIME ZONE 'Europe/Paris')::date,
       "suspended_on" = ("missing_since" AT TIME ZONE 'Europe/Paris')::date
 WHERE "status" = 'suspended';

-- The few who are missing and not suspended yet are found without passing the many who are there.
CREATE INDEX "users_missing" ON "users"("kind", "missing_on") WHERE "missing_on" IS NOT NULL AND "status" = 'active';

-- CreateTable
CREATE TABLE "protections" (
    "entity" TEXT NOT NULL,
    "entity_id" INTEGER NOT NULL,
    "reason" TEXT NOT NULL,
    "protected_by" TEXT NOT NULL,
    "protected_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "protections_pkey" PRIMARY KEY ("entity","entity_id")
);

ALTER TABLE "protections" ADD CONSTRAINT "protections_entity_check" CHECK ("entity" IN ('user', 'group'));

-- Someone may be missing without being suspended. The rows that are there satisfied the stricter
-- rule, and need not be looked at again.
ALTER TABLE "changes" DROP CONSTRAINT "changes_kind_check";
ALTER TABLE "changes" ADD CONSTRAINT "changes_kind_check" CHECK ("kind" IN ('created', 'updated', 'missing', 'suspended', 'restored', 'removed')) NOT VALID;
