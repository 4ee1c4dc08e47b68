-- AlterTable
ALTER TABLE "sync_runs" ADD COLUMN     "due_at" TIMESTAMPTZ(3);

-- CreateIndex
CREATE UNIQUE INDEX "sync_runs_task_due_at_key" ON "sync_runs"("task", "due_at");
