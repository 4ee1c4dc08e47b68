-- Teachers and tutors by name: where few of them may be seen, going through everybody to
-- find them takes too long. Learners are most of everybody, and need none.
CREATE INDEX "users_teachers_by_name" ON "users"("search_name", "id") WHERE "kind" = 'teacher';
CREATE INDEX "users_tutors_by_name" ON "users"("search_name", "id") WHERE "kind" = 'tutor';
