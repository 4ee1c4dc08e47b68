-- AlterTable
ALTER TABLE "sync_runs" ADD COLUMN     "only_missing" BOOLEAN NOT NULL DEFAULT false;
