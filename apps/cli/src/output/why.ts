import type { FieldReason, Language, LinkReason, UserReasons } from '@passerelle/sync';
import type { Context } from '../context.js';
import { sayValue } from './changes.js';
import { languageOf } from './language.js';
import { sayProtection, sayStatus } from './leaving.js';
import { sayOrigin } from './origin.js';

type Deps = Pick<Context, 'config' | 'terminal' | 'format'>;

/** Reasons as paragraphs: what it is, where it comes from, which run set it. */
export function renderWhy(context: Deps, reasons: UserReasons): string {
  const language = languageOf(context.terminal);
  return [
    sayPresence(context, reasons, language),
    ...reasons.fields.map((field) => sayField(context, field, language)),
    ...reasons.links.map((link) => sayLink(context, link, language)),
  ].join('\n\n');
}

const WORDS = {
  fr: {
    from: 'lu dans',
    set: 'depuis',
    since: 'dans aucune lecture complète depuis le',
    protected: 'protégé des retraits',
    changed: 'dernier changement',
  },
  en: {
    from: 'read from',
    set: 'set by',
    since: 'in no complete reading since',
    protected: 'protected from removals',
    changed: 'last changed by',
  },
} as const;

function sayPresence(context: Deps, reasons: UserReasons, language: Language): string {
  const { kind, code, missingSince, protection } = reasons;
  const words = WORDS[language];
  const lines = [`${kind}:${code}  ${sayStatus(context, reasons, language)}`];
  if (missingSince !== null) {
    lines.push(`  ${words.since} ${context.format.instant(missingSince)}`);
  }
  if (protection !== null) {
    lines.push(`  ${words.protected} ${sayProtection(context, protection, language)}`);
  }
  return lines.join('\n');
}

function sayField(context: Deps, field: FieldReason, language: Language): string {
  const lines = [
    `${field.name}  ${field.value === null || field.value === '' ? '-' : field.value}`,
    ...sayDerivation(field, language),
    `  ${WORDS[language].set} ${sayOrigin(field.origin, context.format, language)}`,
  ];
  return lines.join('\n');
}

function sayLink(context: Deps, link: LinkReason, language: Language): string {
  const said = Object.entries(link.value).flatMap(([name, value]) => {
    const text = sayValue(value);
    return text === null ? [] : [`${name} ${text}`];
  });
  const words = WORDS[language];
  const [since, last] = [link.since, link.origin].map((origin) =>
    sayOrigin(origin, context.format, language),
  );
  const lines = [
    `${link.ref}  ${said.join(', ')}`,
    ...sayDerivation(link, language),
    `  ${words.set} ${since}`,
    ...(last === since ? [] : [`  ${words.changed} ${last}`]),
  ];
  return lines.join('\n');
}

function sayDerivation(
  { operation, paths, rule }: Pick<FieldReason, 'operation' | 'paths' | 'rule'>,
  language: Language,
): string[] {
  const place =
    operation === null || paths.length === 0
      ? []
      : [`  ${WORDS[language].from} ${operation}: ${paths.join(', ')}`];
  return [`  ${rule[language]}`, ...place];
}
