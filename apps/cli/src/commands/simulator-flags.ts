import type { SimulatorFlags } from '@passerelle/simulator';
import type { Command } from 'commander';

/** Each flag with its help. */
const SIMULATOR_FLAGS: readonly (readonly [flag: string, help: string])[] = [
  ['--learners <n>', 'how many learners (2000)'],
  ['--seed <s>', 'the same seed makes the same centre (1)'],
  ['--port <p>', 'port to listen on (a free one)'],
  ['--day <n>', 'days of comings and goings that have passed (0)'],
  ['--today <date>', 'the day the dates are about, YYYY-MM-DD (today)'],
  ['--style <style>', 'literal or encoded (literal)'],
  ['--canary', 'mark every person, to search for leaks'],
  ['--capacity <c>', 'calls served at once, or a plan such as 4@0,1@30s,6@90s (any number)'],
  ['--backlog <n>', 'calls that wait for a child; beyond it a 502 page (0)'],
  ['--fault <kind:rate>', 'a way of failing and the share of calls it strikes; repeatable'],
  ['--latency <ms>', 'how long a call takes, at the median, before its answer begins (0)'],
  ['--jitter <sigma>', 'log-normal spread of that time; 0.3 is lifelike (0: none)'],
  ['--slowdown <share>', 'what each other call under way adds to that time, such as 0.1 (0)'],
  ['--bytes-per-second <n>', 'how fast an answer is made (at once)'],
  ['--segfault-above <bytes>', 'a child dies when two answers larger than this meet (never)'],
  ['--max-answer <bytes>', 'a child dies of any answer larger than this (never)'],
  ['--respawn <ms>', 'how long the place of a dead child stays empty (1000)'],
  ['--time-limit <ms>', 'when a call is given up with a 504 page (30000)'],
  ['--maintenance <from-to>', '503 with Retry-After between two times, such as 10s-70s (never)'],
  ['--outage <from-to>', 'nothing works between two times, such as 0-10m (never)'],
  ['--outage-kind <kind>', 'what that looks like: 502 or reset (502)'],
  [
    '--bad-byte <code>',
    'learners who break every answer; CODE, CODE:control or CODE:utf8, … (none)',
  ],
  ['--sites <n>', 'how many sites (one per 500 learners)'],
  ['--groups <n>', 'how many initial groups (6 for 100 learners)'],
  ['--continuing-groups <n>', 'how many continuing-education groups (2 for 100 learners)'],
  ['--enrolments <n>', 'exactly so many enrolments each (a mixture)'],
  ['--bad-records <n>', 'learners sent without a name (0)'],
  ['--lean', 'learners of half the size, without labels beside their codes'],
  ['--prerender <mb>', 'memory for rendered answers (512)'],
];

/** Declares the simulator's flags; the simulator itself reads their values. */
export function addSimulatorFlags(command: Command): Command {
  for (const [flag, help] of SIMULATOR_FLAGS) {
    if (flag.startsWith('--fault ')) command.option(flag, help, collect);
    else command.option(flag, help);
  }
  return command;
}

/** A flag that may be repeated. */
function collect(value: string, earlier: readonly string[] = []): string[] {
  return [...earlier, value];
}

/** The flags as a command line, for the simulator in a process of its own. */
export function toArguments(flags: SimulatorFlags): string[] {
  return Object.entries(flags).flatMap(([name, value]) => {
    const flag = `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    if (value === undefined || value === false) return [];
    if (value === true) return [flag];
    return [value].flat().flatMap((text: string) => [flag, text]);
  });
}
