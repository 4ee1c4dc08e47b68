-- CreateTable
CREATE TABLE "erased_users" (
    "id" SERIAL NOT NULL,
    "kind" "user_kind" NOT NULL,
    "code_hash" TEXT NOT NULL,
    "user_id" INTEGER,
    "erased_by" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "erased_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "erased_users_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "erasure_key" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "key" TEXT NOT NULL,

    CONSTRAINT "erasure_key_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "erased_users_code_hash_key" ON "erased_users"("code_hash");
