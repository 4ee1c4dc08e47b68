-- Going through people by name, most of whom the caller may not see: what is asked of
-- each stands in the index, so that nobody is fetched from the table for it. None of
-- these columns makes an update dearer, since all of them are in an index already or
-- never change.
DROP INDEX "users_search_name_id_idx";
CREATE INDEX "users_search_name_id_kind_site_code_status_idx" ON "users"("search_name", "id", "kind", "site_code", "status");
DROP INDEX "users_teachers_by_name";
CREATE INDEX "users_teachers_by_name" ON "users"("search_name", "id") INCLUDE ("kind", "site_code", "status") WHERE "kind" = 'teacher';
DROP INDEX "users_tutors_by_name";
CREATE INDEX "users_tutors_by_name" ON "users"("search_name", "id") INCLUDE ("kind", "site_code", "status") WHERE "kind" = 'tutor';
DROP INDEX "users_suspended";
CREATE INDEX "users_suspended" ON "users"("search_name", "id") INCLUDE ("kind", "site_code", "status") WHERE "status" = 'suspended';
