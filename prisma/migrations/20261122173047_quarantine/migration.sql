-- Codes are compared byte by byte, as in the registry.

-- CreateTable
CREATE TABLE "quarantine" (
    "id" SERIAL NOT NULL,
    "entity" TEXT NOT NULL,
    "key" TEXT COLLATE "C" NOT NULL,
    "code" TEXT COLLATE "C",
    "period_code" TEXT COLLATE "C",
    "site_code" TEXT COLLATE "C",
    "group_code" TEXT COLLATE "C",
    "ordinal" INTEGER NOT NULL,
    "reason" TEXT NOT NULL,
    "path" TEXT NOT NULL,
    "message" TEXT NOT NULL,
    "times" INTEGER NOT NULL DEFAULT 1,
    "since" TIMESTAMPTZ(3) NOT NULL,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL,
    "run_id" INTEGER NOT NULL,

    CONSTRAINT "quarantine_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "quarantine_entity_key_key" ON "quarantine"("entity", "key");
