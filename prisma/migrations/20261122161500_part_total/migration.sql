-- AlterTable
ALTER TABLE "sync_run_parts" ADD COLUMN "total" INTEGER;
