-- AlterTable
ALTER TABLE "sync_runs" ADD COLUMN     "decided_at" TIMESTAMPTZ(3),
ADD COLUMN     "decided_by" TEXT,
ADD COLUMN     "decision_reason" TEXT,
ADD COLUMN     "guards" JSONB NOT NULL DEFAULT '[]',
ADD COLUMN     "school_year" JSONB;

-- AlterTable
ALTER TABLE "task_definitions" ADD COLUMN     "guards" JSONB NOT NULL DEFAULT '{}';

-- CreateTable
CREATE TABLE "held_removals" (
    "run_id" INTEGER NOT NULL,
    "entity" TEXT NOT NULL,
    "entity_id" INTEGER NOT NULL,
    "state" TEXT NOT NULL,

    CONSTRAINT "held_removals_pkey" PRIMARY KEY ("run_id","entity","entity_id")
);

-- AddForeignKey
ALTER TABLE "held_removals" ADD CONSTRAINT "held_removals_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "sync_runs"("id") ON DELETE CASCADE ON UPDATE CASCADE;
