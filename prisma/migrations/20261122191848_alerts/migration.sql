-- AlterTable
ALTER TABLE "cluster_members" ADD COLUMN     "vitals" JSONB;

-- CreateTable
CREATE TABLE "alerts" (
    "id" BIGSERIAL NOT NULL,
    "key" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "facts" JSONB NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL,
    "started_at" TIMESTAMPTZ(3),
    "clear_since" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),
    "told" JSONB NOT NULL DEFAULT '{}',

    CONSTRAINT "alerts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "alert_deliveries" (
    "id" UUID NOT NULL,
    "channel" TEXT NOT NULL,
    "message" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "next_attempt_at" TIMESTAMPTZ(3) NOT NULL,
    "delivered_at" TIMESTAMPTZ(3),
    "abandoned_at" TIMESTAMPTZ(3),
    "last_error" TEXT,

    CONSTRAINT "alert_deliveries_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "alert_watch" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "round" INTEGER NOT NULL,
    "looked_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "alert_watch_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "alerts_key_started_at_idx" ON "alerts"("key", "started_at");

-- CreateIndex
CREATE INDEX "alerts_ended_at_idx" ON "alerts"("ended_at");

-- CreateIndex
CREATE INDEX "alert_deliveries_channel_created_at_idx" ON "alert_deliveries"("channel", "created_at");

-- Of each key one alert is open at most.
CREATE UNIQUE INDEX "alerts_open_key" ON "alerts" ("key") WHERE "ended_at" IS NULL;

-- Messages that are still on their way.
CREATE INDEX "alert_deliveries_open" ON "alert_deliveries" ("created_at")
  WHERE "delivered_at" IS NULL AND "abandoned_at" IS NULL;
