import { AnswerError } from '@passerelle/netypareo';
import { SourceError } from '@passerelle/sync';
import type { Context } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { counted } from '../output/format.js';
import { say, sayJson } from '../output/terminal.js';
import { requireSource } from '../runtime/require-source.js';
import { readPassword } from '../runtime/read-password.js';

export interface CheckOptions {
  login?: string;
  json?: true;
}

/** `passerelle source check` */
export async function checkSourceCommand(
  context: Context,
  options: CheckOptions,
): Promise<ExitCode> {
  const opened = await context.source();
  requireSource(opened);
  const { operations, signedIn, problems } = await opened.source.check(context.signal);
  const contract = opened.contract.name;
  const login = options.login === undefined ? null : await checkLogin(context, options.login);
  if (options.json) {
    sayJson(context.terminal, { contract, operations, signedIn, problems, login });
  } else {
    const lines = [
      `The WSDL is reachable and has ${counted(operations, 'operation')}.`,
      ...(signedIn === true ? ['Signing in works.'] : []),
      problems.length === 0
        ? `The contract "${contract}" fits it.`
        : `The contract "${contract}" does not fit it:\n  ${problems.join('\n  ')}`,
      ...(login === null ? [] : [describeLogin(login)]),
    ];
    say(context.terminal, lines.join('\n'));
  }
  const cannotTell = login?.verdict === 'cannotTell';
  return problems.length === 0 && !cannotTell ? EXIT.done : EXIT.failed;
}

interface LoginCheck {
  verdict: 'yes' | 'no' | 'cannotTell';
  /** Why it cannot be told, and what the answer said. */
  why: string | null;
}

async function checkLogin(context: Context, username: string): Promise<LoginCheck> {
  const { source } = await context.source();
  const password = await readPassword(context.terminal, `Password of ${username}: `);
  try {
    const verdict = await source.validateLogin(username, password, context.signal);
    return { verdict, why: null };
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    const said = error instanceof AnswerError ? ` ${error.said}` : '';
    return { verdict: 'cannotTell', why: error.message + said };
  }
}

function describeLogin({ verdict, why }: LoginCheck): string {
  if (why !== null) return `Whether the login is good cannot be told: ${why}`;
  return verdict === 'yes' ? 'The login is good.' : 'The login is not good.';
}
