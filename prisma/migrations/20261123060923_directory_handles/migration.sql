-- Who fits a search by their login or address is found by the index alone: whoever may not
-- be seen is not fetched from the table.

-- DropIndex
DROP INDEX "users_email_idx";

-- DropIndex
DROP INDEX "users_login_idx";

-- CreateIndex
CREATE INDEX "users_login_id_idx" ON "users"("login", "id");

-- CreateIndex
CREATE INDEX "users_email_id_idx" ON "users"("email", "id");
