-- DropForeignKey
ALTER TABLE "changes" DROP CONSTRAINT "changes_run_id_fkey";

-- DropIndex
DROP INDEX "changes_entity_entity_id_idx";

-- DropIndex
DROP INDEX "rejected_records_run_id_idx";

-- CreateIndex
CREATE INDEX "changes_entity_id_entity_idx" ON "changes"("entity_id", "entity");

-- CreateIndex
CREATE INDEX "rejected_records_run_id_code_idx" ON "rejected_records"("run_id", "code");
