-- The registry. Written from prisma/schema.prisma (npm run migration), then
-- completed by hand with what Prisma cannot say:
-- * codes, logins, e-mails and folded names collate "C": they are compared byte by
--   byte, and a btree index then serves LIKE 'prefix%' as well;
-- * partial indexes, checks and the schema of the staging tables, at the end.

-- CreateEnum
CREATE TYPE "group_kind" AS ENUM ('initial', 'continuing');

-- CreateEnum
CREATE TYPE "user_kind" AS ENUM ('student', 'teacher', 'tutor');

-- CreateEnum
CREATE TYPE "entity_status" AS ENUM ('active', 'suspended');

-- CreateEnum
CREATE TYPE "run_state" AS ENUM ('queued', 'running', 'waiting', 'held', 'succeeded', 'partial', 'failed', 'cancelled');

-- CreateEnum
CREATE TYPE "run_trigger" AS ENUM ('schedule', 'manual', 'api', 'retry');

-- CreateEnum
CREATE TYPE "part_state" AS ENUM ('pending', 'running', 'done', 'failed', 'cancelled');

-- CreateTable
CREATE TABLE "sites" (
    "id" SERIAL NOT NULL,
    "code" TEXT COLLATE "C" NOT NULL,
    "name" TEXT NOT NULL,
    "short_name" TEXT,
    "status" "entity_status" NOT NULL DEFAULT 'active',
    "missing_since" TIMESTAMPTZ(3),
    "content_hash" TEXT COLLATE "C" NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "sites_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "groups" (
    "id" SERIAL NOT NULL,
    "kind" "group_kind" NOT NULL,
    "code" TEXT COLLATE "C" NOT NULL,
    "name" TEXT NOT NULL,
    "short_name" TEXT,
    "period_code" TEXT COLLATE "C",
    "site_code" TEXT COLLATE "C",
    "site_id" INTEGER,
    "program_code" TEXT COLLATE "C",
    "starts_on" DATE,
    "ends_on" DATE,
    "status" "entity_status" NOT NULL DEFAULT 'active',
    "missing_since" TIMESTAMPTZ(3),
    "content_hash" TEXT COLLATE "C" NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "groups_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "users" (
    "id" SERIAL NOT NULL,
    "kind" "user_kind" NOT NULL,
    "code" TEXT COLLATE "C" NOT NULL,
    "login" TEXT COLLATE "C",
    "last_name" TEXT NOT NULL,
    "first_name" TEXT NOT NULL,
    "email" TEXT COLLATE "C",
    "birth_date" DATE,
    "site_code" TEXT COLLATE "C",
    "usertype_code" TEXT COLLATE "C",
    "status_code" TEXT COLLATE "C",
    "cursus_code" TEXT COLLATE "C",
    "program_code" TEXT COLLATE "C",
    "program_step_code" TEXT COLLATE "C",
    "netypareo_usertype" TEXT NOT NULL DEFAULT '',
    "netypareo_ouverage" TEXT NOT NULL DEFAULT '',
    "netypareo_status" TEXT NOT NULL DEFAULT '',
    "netypareo_cursus" TEXT NOT NULL DEFAULT '',
    "netypareo_program" TEXT NOT NULL DEFAULT '',
    "netypareo_program_step" TEXT NOT NULL DEFAULT '',
    "status" "entity_status" NOT NULL DEFAULT 'active',
    "missing_since" TIMESTAMPTZ(3),
    "source_modified_at" TEXT COLLATE "C",
    "content_hash" TEXT COLLATE "C" NOT NULL,
    "search_name" TEXT COLLATE "C" NOT NULL,
    "search_first_name" TEXT COLLATE "C" NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "users_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "memberships" (
    "id" SERIAL NOT NULL,
    "user_id" INTEGER NOT NULL,
    "group_kind" "group_kind" NOT NULL,
    "group_code" TEXT COLLATE "C" NOT NULL,
    "group_id" INTEGER,
    "role" TEXT NOT NULL,
    "starts_on" DATE,
    "ends_on" DATE,
    "active" BOOLEAN NOT NULL,
    "removed_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "memberships_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "tutorships" (
    "id" SERIAL NOT NULL,
    "tutor_id" INTEGER NOT NULL,
    "student_code" TEXT COLLATE "C" NOT NULL,
    "student_id" INTEGER,
    "company_code" TEXT COLLATE "C" NOT NULL DEFAULT '',
    "company" TEXT NOT NULL DEFAULT '',
    "starts_on" DATE,
    "ends_on" DATE,
    "active" BOOLEAN NOT NULL,
    "removed_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "tutorships_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "definitions" (
    "id" SERIAL NOT NULL,
    "domain" TEXT COLLATE "C" NOT NULL,
    "code" TEXT COLLATE "C" NOT NULL,
    "label" TEXT NOT NULL,
    "starts_on" DATE,
    "ends_on" DATE,
    "status" "entity_status" NOT NULL DEFAULT 'active',
    "missing_since" TIMESTAMPTZ(3),
    "content_hash" TEXT COLLATE "C" NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "definitions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "task_definitions" (
    "name" TEXT NOT NULL,
    "component" TEXT NOT NULL,
    "minute" TEXT NOT NULL,
    "hour" TEXT NOT NULL,
    "day" TEXT NOT NULL,
    "month" TEXT NOT NULL,
    "weekday" TEXT NOT NULL,
    "disabled" BOOLEAN NOT NULL DEFAULT false,
    "customised" BOOLEAN NOT NULL DEFAULT false,
    "last_run_at" TIMESTAMPTZ(3),
    "next_run_at" TIMESTAMPTZ(3),
    "fail_delay_seconds" INTEGER NOT NULL DEFAULT 0,
    "retry_at" TIMESTAMPTZ(3),
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "task_definitions_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "sync_runs" (
    "id" SERIAL NOT NULL,
    "task" TEXT NOT NULL,
    "state" "run_state" NOT NULL DEFAULT 'queued',
    "trigger" "run_trigger" NOT NULL,
    "site_code" TEXT COLLATE "C",
    "retry_of_id" INTEGER,
    "requested_by" TEXT,
    "enqueue_count" INTEGER NOT NULL DEFAULT 0,
    "hold_reason" TEXT,
    "error_kind" TEXT,
    "error" TEXT,
    "read" INTEGER NOT NULL DEFAULT 0,
    "created" INTEGER NOT NULL DEFAULT 0,
    "updated" INTEGER NOT NULL DEFAULT 0,
    "unchanged" INTEGER NOT NULL DEFAULT 0,
    "suspended" INTEGER NOT NULL DEFAULT 0,
    "rejected" INTEGER NOT NULL DEFAULT 0,
    "links_added" INTEGER NOT NULL DEFAULT 0,
    "links_removed" INTEGER NOT NULL DEFAULT 0,
    "queued_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "started_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "sync_runs_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sync_run_parts" (
    "id" SERIAL NOT NULL,
    "run_id" INTEGER NOT NULL,
    "number" INTEGER NOT NULL,
    "entity" TEXT NOT NULL,
    "period_code" TEXT COLLATE "C",
    "site_code" TEXT COLLATE "C",
    "group_code" TEXT COLLATE "C",
    "state" "part_state" NOT NULL DEFAULT 'pending',
    "attempt" INTEGER NOT NULL DEFAULT 0,
    "read" INTEGER NOT NULL DEFAULT 0,
    "staged" INTEGER NOT NULL DEFAULT 0,
    "rejected" INTEGER NOT NULL DEFAULT 0,
    "bytes" BIGINT NOT NULL DEFAULT 0,
    "error_kind" TEXT,
    "error" TEXT,
    "started_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "sync_run_parts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "rejected_records" (
    "id" SERIAL NOT NULL,
    "run_id" INTEGER NOT NULL,
    "part_number" INTEGER NOT NULL,
    "entity" TEXT NOT NULL,
    "ordinal" INTEGER NOT NULL,
    "code" TEXT COLLATE "C",
    "reason" TEXT NOT NULL,
    "path" TEXT NOT NULL,
    "message" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "rejected_records_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "changes" (
    "id" BIGSERIAL NOT NULL,
    "run_id" INTEGER,
    "actor" TEXT,
    "entity" TEXT NOT NULL,
    "entity_id" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "before" JSONB,
    "after" JSONB,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "changes_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "outbox" (
    "id" BIGSERIAL NOT NULL,
    "target" TEXT NOT NULL,
    "entity" TEXT NOT NULL,
    "entity_id" INTEGER NOT NULL,
    "operation" TEXT NOT NULL,
    "run_id" INTEGER,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "delivered_at" TIMESTAMPTZ(3),

    CONSTRAINT "outbox_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "capability_grants" (
    "id" SERIAL NOT NULL,
    "user_id" INTEGER NOT NULL,
    "capability" TEXT NOT NULL,
    "site_id" INTEGER,
    "granted_by" TEXT NOT NULL,
    "reason" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3),

    CONSTRAINT "capability_grants_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "api_tokens" (
    "id" SERIAL NOT NULL,
    "name" TEXT NOT NULL,
    "token_hash" TEXT NOT NULL,
    "capabilities" TEXT[],
    "site_codes" TEXT[],
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3),
    "last_used_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "api_tokens_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "audit_events" (
    "id" BIGSERIAL NOT NULL,
    "actor" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "entity" TEXT NOT NULL,
    "entity_id" TEXT NOT NULL,
    "before" JSONB,
    "after" JSONB,
    "reason" TEXT,
    "from_where" TEXT,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "audit_events_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "cluster_members" (
    "id" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "host" TEXT NOT NULL,
    "pid" INTEGER NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "cluster_members_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "sites_code_key" ON "sites"("code");

-- CreateIndex
CREATE INDEX "groups_code_idx" ON "groups"("code");

-- CreateIndex
CREATE INDEX "groups_site_code_idx" ON "groups"("site_code");

-- CreateIndex
CREATE INDEX "groups_site_id_idx" ON "groups"("site_id");

-- CreateIndex
CREATE UNIQUE INDEX "groups_kind_code_key" ON "groups"("kind", "code");

-- CreateIndex
CREATE INDEX "users_code_idx" ON "users"("code");

-- CreateIndex
CREATE INDEX "users_login_idx" ON "users"("login");

-- CreateIndex
CREATE INDEX "users_email_idx" ON "users"("email");

-- CreateIndex
CREATE INDEX "users_search_name_id_idx" ON "users"("search_name", "id");

-- CreateIndex
CREATE INDEX "users_search_first_name_id_idx" ON "users"("search_first_name", "id");

-- CreateIndex
CREATE INDEX "users_site_code_search_name_id_idx" ON "users"("site_code", "search_name", "id");

-- CreateIndex
CREATE UNIQUE INDEX "users_kind_code_key" ON "users"("kind", "code");

-- CreateIndex
CREATE INDEX "memberships_group_id_idx" ON "memberships"("group_id");

-- CreateIndex
CREATE UNIQUE INDEX "memberships_user_id_group_kind_group_code_role_key" ON "memberships"("user_id", "group_kind", "group_code", "role");

-- CreateIndex
CREATE INDEX "tutorships_student_id_idx" ON "tutorships"("student_id");

-- CreateIndex
CREATE UNIQUE INDEX "tutorships_tutor_id_student_code_company_code_key" ON "tutorships"("tutor_id", "student_code", "company_code");

-- CreateIndex
CREATE UNIQUE INDEX "definitions_domain_code_key" ON "definitions"("domain", "code");

-- CreateIndex
CREATE INDEX "sync_runs_task_id_idx" ON "sync_runs"("task", "id" DESC);

-- CreateIndex
CREATE INDEX "sync_runs_state_idx" ON "sync_runs"("state");

-- CreateIndex
CREATE INDEX "sync_runs_retry_of_id_idx" ON "sync_runs"("retry_of_id");

-- CreateIndex
CREATE UNIQUE INDEX "sync_run_parts_run_id_number_key" ON "sync_run_parts"("run_id", "number");

-- CreateIndex
CREATE INDEX "rejected_records_run_id_idx" ON "rejected_records"("run_id");

-- CreateIndex
CREATE INDEX "rejected_records_entity_code_idx" ON "rejected_records"("entity", "code");

-- CreateIndex
CREATE INDEX "changes_entity_entity_id_idx" ON "changes"("entity", "entity_id");

-- CreateIndex
CREATE INDEX "changes_run_id_idx" ON "changes"("run_id");

-- CreateIndex
CREATE INDEX "outbox_target_delivered_at_id_idx" ON "outbox"("target", "delivered_at", "id");

-- CreateIndex
CREATE INDEX "capability_grants_site_id_idx" ON "capability_grants"("site_id");

-- CreateIndex
CREATE UNIQUE INDEX "capability_grants_user_id_capability_site_id_key" ON "capability_grants"("user_id", "capability", "site_id") NULLS NOT DISTINCT;

-- CreateIndex
CREATE UNIQUE INDEX "api_tokens_token_hash_key" ON "api_tokens"("token_hash");

-- CreateIndex
CREATE INDEX "audit_events_entity_entity_id_idx" ON "audit_events"("entity", "entity_id");

-- CreateIndex
CREATE INDEX "audit_events_occurred_at_idx" ON "audit_events"("occurred_at");

-- CreateIndex
CREATE INDEX "cluster_members_role_seen_at_idx" ON "cluster_members"("role", "seen_at");

-- AddForeignKey
ALTER TABLE "groups" ADD CONSTRAINT "groups_site_id_fkey" FOREIGN KEY ("site_id") REFERENCES "sites"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_group_id_fkey" FOREIGN KEY ("group_id") REFERENCES "groups"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "tutorships" ADD CONSTRAINT "tutorships_tutor_id_fkey" FOREIGN KEY ("tutor_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "tutorships" ADD CONSTRAINT "tutorships_student_id_fkey" FOREIGN KEY ("student_id") REFERENCES "users"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sync_runs" ADD CONSTRAINT "sync_runs_task_fkey" FOREIGN KEY ("task") REFERENCES "task_definitions"("name") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sync_runs" ADD CONSTRAINT "sync_runs_retry_of_id_fkey" FOREIGN KEY ("retry_of_id") REFERENCES "sync_runs"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sync_run_parts" ADD CONSTRAINT "sync_run_parts_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "sync_runs"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "rejected_records" ADD CONSTRAINT "rejected_records_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "sync_runs"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "changes" ADD CONSTRAINT "changes_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "sync_runs"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "capability_grants" ADD CONSTRAINT "capability_grants_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "capability_grants" ADD CONSTRAINT "capability_grants_site_id_fkey" FOREIGN KEY ("site_id") REFERENCES "sites"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- One run of a task at a time.
CREATE UNIQUE INDEX "sync_runs_one_active_per_task" ON "sync_runs"("task") WHERE "state" IN ('queued', 'running', 'waiting');

-- References that wait for what they name.
CREATE INDEX "memberships_unresolved" ON "memberships"("group_kind", "group_code") WHERE "group_id" IS NULL;
CREATE INDEX "tutorships_unresolved" ON "tutorships"("student_code") WHERE "student_id" IS NULL;

-- The few who are suspended are found without passing the many who are not.
CREATE INDEX "users_suspended" ON "users"("search_name", "id") WHERE "status" = 'suspended';

ALTER TABLE "memberships" ADD CONSTRAINT "memberships_role_check" CHECK ("role" IN ('student', 'teacher'));
ALTER TABLE "task_definitions" ADD CONSTRAINT "task_definitions_fail_delay_check" CHECK ("fail_delay_seconds" BETWEEN 0 AND 86400);
ALTER TABLE "sync_runs" ADD CONSTRAINT "sync_runs_enqueue_count_check" CHECK ("enqueue_count" >= 0);
ALTER TABLE "sync_run_parts" ADD CONSTRAINT "sync_run_parts_figures_check" CHECK ("attempt" >= 0 AND "read" >= 0 AND "staged" >= 0 AND "rejected" >= 0 AND "bytes" >= 0);
ALTER TABLE "changes" ADD CONSTRAINT "changes_entity_check" CHECK ("entity" IN ('user', 'membership', 'tutorship', 'group', 'site', 'definition'));
ALTER TABLE "changes" ADD CONSTRAINT "changes_kind_check" CHECK ("kind" IN ('created', 'updated', 'suspended', 'restored', 'removed'));

-- Tables of one run each, unlogged, dropped with its end.
CREATE SCHEMA IF NOT EXISTS "staging";
