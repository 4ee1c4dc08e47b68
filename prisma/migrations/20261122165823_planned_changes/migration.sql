-- References and codes are compared byte by byte, as in the registry.

-- AlterTable
ALTER TABLE "sync_runs" ADD COLUMN     "dry_run" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "planned_changes" (
    "id" BIGSERIAL NOT NULL,
    "run_id" INTEGER NOT NULL,
    "attempt" BIGINT NOT NULL,
    "entity" TEXT NOT NULL,
    "ref" TEXT COLLATE "C" NOT NULL,
    "person" TEXT COLLATE "C",
    "student" TEXT COLLATE "C",
    "kind" TEXT NOT NULL,
    "held" BOOLEAN NOT NULL,
    "before" JSONB,
    "after" JSONB,
    "site_code" TEXT COLLATE "C",
    "group_ref" TEXT COLLATE "C",

    CONSTRAINT "planned_changes_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "planned_changes_run_id_id_idx" ON "planned_changes"("run_id", "id");

-- AddForeignKey
ALTER TABLE "planned_changes" ADD CONSTRAINT "planned_changes_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "sync_runs"("id") ON DELETE CASCADE ON UPDATE CASCADE;
