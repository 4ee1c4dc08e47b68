// The rows a first sync of learners ends with, written as quickly as one plainly can.
import { hash } from 'node:crypto';

const PERSON_COLUMNS = [
  ...['code', 'login', 'last_name', 'first_name', 'email', 'birth_date', 'site_code'],
  ...['usertype_code', 'status_code', 'cursus_code', 'program_code', 'program_step_code'],
  ...['netypareo_usertype', 'netypareo_ouverage', 'netypareo_status', 'netypareo_cursus'],
  ...['netypareo_program', 'netypareo_program_step', 'source_modified_at', 'content_hash'],
  ...['search_name', 'search_first_name'],
];
const CHANGEABLE = PERSON_COLUMNS.filter((column) => column !== 'code');
const MEMBERSHIP_COLUMNS = ['code', 'group_code', 'starts_on', 'ends_on', 'active'];
const TYPES = { birth_date: 'date', starts_on: 'date', ends_on: 'date', active: 'boolean' };

/** What `changes.after` tells of a user and of a membership. */
const USER_IMAGE = [
  ...['kind', 'code', 'login', 'last_name', 'first_name', 'email', 'birth_date', 'site_code'],
  ...['usertype_code', 'status_code', 'cursus_code', 'program_code', 'program_step_code'],
  ...['netypareo_usertype', 'netypareo_ouverage', 'netypareo_status', 'netypareo_cursus'],
  ...['netypareo_program', 'netypareo_program_step', 'status'],
];
const MEMBERSHIP_IMAGE = [
  ...['user_id', 'group_kind', 'group_code', 'role', 'starts_on', 'ends_on', 'group_id'],
  ...['active', 'removed_at'],
];

/** One statement: learners, their memberships, and one change for each row. */
const STATEMENT = `
WITH person AS (
  INSERT INTO users (kind, ${PERSON_COLUMNS.join(', ')})
  SELECT 'student', * FROM ${unnest(PERSON_COLUMNS, 2)}
  ON CONFLICT (kind, code) DO UPDATE
     SET ${CHANGEABLE.map((column) => `${column} = excluded.${column}`).join(', ')},
         status = 'active', missing_since = NULL, updated_at = now()
   WHERE users.content_hash <> excluded.content_hash
  RETURNING *
), membership AS (
  INSERT INTO memberships
         (user_id, group_kind, group_code, group_id, role, starts_on, ends_on, active)
  SELECT p.id, 'initial', i.group_code, g.id, 'student', i.starts_on, i.ends_on, i.active
    FROM ${unnest(MEMBERSHIP_COLUMNS, 2 + PERSON_COLUMNS.length)} AS i (${MEMBERSHIP_COLUMNS.join(', ')})
    JOIN person p ON p.code = i.code
    LEFT JOIN groups g ON g.kind = 'initial' AND g.code = i.group_code
  ON CONFLICT (user_id, group_kind, group_code, role) DO UPDATE
     SET starts_on = excluded.starts_on, ends_on = excluded.ends_on, active = excluded.active,
         group_id = excluded.group_id, removed_at = NULL, updated_at = now()
  RETURNING *
)
INSERT INTO changes (run_id, entity, entity_id, kind, after)
SELECT $1::int, 'user', id, 'created', ${image(USER_IMAGE)} FROM person
UNION ALL
SELECT $1::int, 'membership', id, 'created', ${image(MEMBERSHIP_IMAGE)} FROM membership`;

/**
 * Begins a run in the database and reads the code tables.
 *
 * @param {import('pg').Pool} pool
 * @param {string} today `YYYY-MM-DD`
 */
export async function openWriter(pool, today) {
  const run = await pool.query(
    `INSERT INTO sync_runs (task, trigger, state, started_at)
     VALUES ('sync_students', 'manual', 'running', now()) RETURNING id`,
  );
  const runId = run.rows[0].id;
  const toRows = createRowMaker(await readCodeTables(pool), today);
  return {
    /** Writes some learners as they were parsed. */
    async write(learners) {
      const { people, memberships } = toRows(learners);
      const columns = [
        ...PERSON_COLUMNS.map((column) => people.map((row) => row[column])),
        ...MEMBERSHIP_COLUMNS.map((column) => memberships.map((row) => row[column])),
      ];
      await pool.query({ name: 'write', text: STATEMENT, values: [runId, ...columns] });
    },
    end: () =>
      pool.query(`UPDATE sync_runs SET state = 'succeeded', ended_at = now() WHERE id = $1`, [
        runId,
      ]),
  };
}

async function readCodeTables(pool) {
  const { rows } = await pool.query(
    `SELECT domain, code, label, starts_on::text, ends_on::text FROM definitions`,
  );
  return new Map(rows.map((row) => [`${row.domain} ${row.code}`, row]));
}

function createRowMaker(definitions, today) {
  const label = (domain, code) => definitions.get(`${domain} ${code}`)?.label ?? code ?? '';
  const adultUntil = `${Number(today.slice(0, 4)) - 18}${today.slice(4)}`;
  const toMembership = (code, row) => {
    const period = definitions.get(`period ${row.codePeriode}`);
    const starts_on = isoDate(row.dateDebut) ?? period.starts_on;
    const ends_on = isoDate(row.dateDepart) ?? period.ends_on;
    const active = starts_on <= today && ends_on >= today;
    return { code, group_code: row.codeGroupe, starts_on, ends_on, active };
  };
  const toPerson = (learner, current) => {
    const birthDate = isoDate(learner.dateNaissance);
    const [status, cursus, program, step] = [
      textOrNull(current?.codeStatut),
      textOrNull(current?.codeCursus),
      textOrNull(current?.codeFormation),
      textOrNull(current?.codeAnnee),
    ];
    const [last, first] = [fold(learner.nomApprenant), fold(learner.prenomApprenant)];
    const usertype = textOrNull(learner.codeTypeUtilisateur);
    return {
      code: learner.codeApprenant,
      login: textOrNull(learner.login)?.toLowerCase() ?? null,
      last_name: learner.nomApprenant.trim(),
      first_name: learner.prenomApprenant.trim(),
      email: textOrNull(learner.email)?.toLowerCase() ?? null,
      birth_date: birthDate,
      site_code: textOrNull(current?.codeSite),
      usertype_code: usertype,
      status_code: status,
      cursus_code: cursus,
      program_code: program,
      program_step_code: step,
      netypareo_usertype: usertype === null ? 'Apprenant' : label('usertype', usertype),
      netypareo_ouverage: birthDate === null ? '' : birthDate <= adultUntil ? 'majeur' : 'mineur',
      netypareo_status: label('status', status),
      netypareo_cursus: label('cursus', cursus),
      netypareo_program: label('program', program),
      netypareo_program_step: label('program_step', step),
      source_modified_at: isoTime(learner.dateModification),
      content_hash: hash('sha256', JSON.stringify(learner), 'base64url').slice(0, 22),
      search_name: `${last} ${first}`,
      search_first_name: `${first} ${last}`,
    };
  };
  return (learners) => {
    const people = [];
    const memberships = [];
    for (const learner of learners) {
      const rows = learner.inscriptions.filter(({ codePeriode }) =>
        isRead(definitions.get(`period ${codePeriode}`), today),
      );
      people.push(toPerson(learner, rows[0]));
      for (const row of rows) memberships.push(toMembership(learner.codeApprenant, row));
    }
    return { people, memberships };
  };
}

/** This year's enrolments only, as the contract's parts ask for. */
const isRead = (period, today) =>
  period !== undefined && period.starts_on <= today && period.ends_on >= today;

const textOrNull = (text) => {
  const trimmed = text?.trim() ?? '';
  return trimmed === '' ? null : trimmed;
};

/** `JJ/MM/AAAA` → `AAAA-MM-JJ`. */
const isoDate = (text) =>
  text === undefined || text === ''
    ? null
    : `${text.slice(6, 10)}-${text.slice(3, 5)}-${text.slice(0, 2)}`;

const isoTime = (text) => {
  const date = isoDate(text);
  return date === null ? null : `${date}T00:00:00`;
};

const PLAIN = /^[A-Za-z0-9]+$/;
const fold = (name) =>
  PLAIN.test(name)
    ? name.toLowerCase()
    : name
        .toLowerCase()
        .normalize('NFD')
        .replace(/\p{M}+/gu, '')
        .replaceAll('œ', 'oe')
        .replaceAll('æ', 'ae')
        .replace(/[^\p{L}\p{N}]+/gu, ' ')
        .trim();

function unnest(columns, first) {
  const arrays = columns.map((column, index) => `$${first + index}::${TYPES[column] ?? 'text'}[]`);
  return `unnest(${arrays.join(', ')})`;
}

function image(columns) {
  const pairs = columns.map((column) => `'${column}', ${column}`);
  return `jsonb_strip_nulls(jsonb_build_object(${pairs.join(', ')}))`;
}
