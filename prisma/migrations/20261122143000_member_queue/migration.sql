-- Where a member's queue is, to notice two clusters on one database.
ALTER TABLE "cluster_members" ADD COLUMN     "queue" TEXT NOT NULL DEFAULT '';
