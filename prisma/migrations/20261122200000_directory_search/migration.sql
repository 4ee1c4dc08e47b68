-- Codes, logins and addresses as people search for them: without accents, ASCII
-- letters small. The same as foldHandle of packages/roster. Not STRICT, so that it is
-- put in line where it is called.
CREATE FUNCTION passerelle_fold(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN octet_length($1) = char_length($1) THEN lower($1 COLLATE "C")
    ELSE lower(regexp_replace(normalize($1, NFD), '[\u0300-\u036f]', '', 'g') COLLATE "C") END
$$;

-- Only the odd ones: most are as people search for them, and have an index already.
CREATE INDEX "users_odd_code" ON "users"((passerelle_fold("code") COLLATE "C"), "id") WHERE "code" <> passerelle_fold("code");
CREATE INDEX "users_odd_login" ON "users"((passerelle_fold("login") COLLATE "C"), "id") WHERE "login" <> passerelle_fold("login");
CREATE INDEX "users_odd_email" ON "users"((passerelle_fold("email") COLLATE "C"), "id") WHERE "email" <> passerelle_fold("email");

-- Who belongs to a site is found in the indexes alone.
DROP INDEX "memberships_group_id_idx";
CREATE INDEX "memberships_group_id_user_id_active_idx" ON "memberships"("group_id", "user_id", "active");
DROP INDEX "tutorships_student_id_idx";
CREATE INDEX "tutorships_student_id_tutor_id_active_idx" ON "tutorships"("student_id", "tutor_id", "active");
