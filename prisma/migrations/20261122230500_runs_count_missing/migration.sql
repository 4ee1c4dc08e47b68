-- AlterTable
ALTER TABLE "sync_runs" ADD COLUMN     "missing" INTEGER NOT NULL DEFAULT 0;
