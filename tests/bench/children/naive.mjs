// The naive peer: what a competent user would write in an afternoon. node-soap's
// result object, then Prisma's `upsert` for each record.
import { createRequire } from 'node:module';
import soap from 'soap';
import { serve } from './serve.mjs';

// Prisma is packages/db's alone, but for this one user of its own.
const packageOfDb = new URL('../../../packages/db/', import.meta.url);
const { PrismaClient } = await import(new URL('dist/generated/client.js', packageOfDb).href);
const { PrismaPg } = createRequire(packageOfDb)('@prisma/adapter-pg');

serve({ sync });

/** Synchronises the learners of some parts, one after the other. */
async function sync({ wsdl, databaseUrl, parts }) {
  const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString: databaseUrl }) });
  await prisma.$queryRaw`SELECT 1`;
  const client = await soap.createClientAsync(wsdl);
  const groups = await prisma.group.findMany({ where: { kind: 'initial' } });
  const groupIds = new Map(groups.map(({ code, id }) => [code, id]));
  const before = performance.now();
  const cpuBefore = process.cpuUsage();
  let learners = 0;
  for (const { period, group } of parts) {
    const [answer] = await client.getApprenantsAsync({
      codesPeriode: period,
      codesSite: '',
      codesGroupe: group,
    });
    for (const learner of [answer.return.apprenant].flat()) {
      await saveLearner(prisma, learner, period, groupIds);
      learners += 1;
    }
  }
  const seconds = (performance.now() - before) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  await prisma.$disconnect();
  return { seconds, cpuSeconds: (user + system) / 1e6, learners };
}

async function saveLearner(prisma, learner, period, groupIds) {
  const enrolments = [learner.inscriptions.inscription].flat();
  const current = enrolments.filter(({ codePeriode }) => String(codePeriode) === period);
  const code = String(learner.codeApprenant);
  const user = toUser(learner, current[0]);
  const { id: userId } = await prisma.user.upsert({
    where: { kind_code: { kind: 'student', code } },
    create: { kind: 'student', code, ...user },
    update: user,
  });
  for (const enrolment of current) await saveMembership(prisma, userId, enrolment, groupIds);
}

async function saveMembership(prisma, userId, enrolment, groupIds) {
  const groupCode = String(enrolment.codeGroupe);
  const key = { userId, groupKind: 'initial', groupCode, role: 'student' };
  const membership = {
    groupId: groupIds.get(groupCode) ?? null,
    startsOn: toDate(enrolment.dateDebut),
    endsOn: toDate(enrolment.dateDepart),
    active: true,
  };
  await prisma.membership.upsert({
    where: { userId_groupKind_groupCode_role: key },
    create: { ...key, ...membership },
    update: membership,
  });
}

function toUser(learner, enrolment) {
  const [lastName, firstName] = [learner.nomApprenant, learner.prenomApprenant];
  return {
    lastName,
    firstName,
    login: toText(learner.login),
    email: toText(learner.adresse?.email),
    birthDate: toDate(learner.dateNaissance),
    siteCode: toText(enrolment?.codeSite),
    usertypeCode: toText(learner.codeTypeUtilisateur),
    statusCode: toText(enrolment?.codeStatut),
    cursusCode: toText(enrolment?.codeCursus),
    programCode: toText(enrolment?.codeFormation),
    programStepCode: toText(enrolment?.codeAnnee),
    netypareoStatus: enrolment?.statut?.nomStatut ?? '',
    netypareoProgram: enrolment?.formation?.nomFormation ?? '',
    contentHash: '',
    searchName: `${lastName} ${firstName}`.toLowerCase(),
    searchFirstName: `${firstName} ${lastName}`.toLowerCase(),
  };
}

/** Nil elements arrive as undefined, or as an object of attributes. */
function toText(value) {
  if (value === undefined || value === null || typeof value === 'object') return null;
  const text = String(value).trim();
  return text === '' ? null : text;
}

function toDate(value) {
  const text = toText(value);
  if (text === null) return null;
  return new Date(`${text.slice(6, 10)}-${text.slice(3, 5)}-${text.slice(0, 2)}T00:00:00Z`);
}
