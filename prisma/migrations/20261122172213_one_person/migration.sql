-- AlterTable
ALTER TABLE "sync_runs" ADD COLUMN     "user_id" INTEGER;

-- One run of a task at a time, and beside it one of each person.
DROP INDEX "sync_runs_one_active_per_task";
CREATE UNIQUE INDEX "sync_runs_one_active_per_task" ON "sync_runs"("task") WHERE "user_id" IS NULL AND "state" IN ('queued', 'running', 'waiting');
CREATE UNIQUE INDEX "sync_runs_one_active_per_user" ON "sync_runs"("user_id") WHERE "state" IN ('queued', 'running', 'waiting');
