/** One instruction, its lines joined: `RUN`, and what follows. */
export interface Step {
  keyword: string;
  text: string;
}

/** What stands between one FROM and the next. */
export interface Stage {
  /** `AS name`, or its number. */
  name: string;
  image: string;
  steps: Step[];
}

/** Reads a Dockerfile into its stages. */
export function parseDockerfile(text: string): Stage[] {
  const lines = text
    .split('\n')
    .filter((line) => !/^\s*(#|$)/.test(line))
    .join('\n')
    .replace(/\\\n\s*/g, '')
    .split('\n');
  const stages: Stage[] = [];
  for (const line of lines) {
    const [, keyword = '', rest = ''] = /^(\S+)\s+(.*)$/.exec(line) ?? [];
    if (keyword.toUpperCase() === 'FROM') stages.push(stageOf(rest, stages.length));
    else stages.at(-1)?.steps.push({ keyword: keyword.toUpperCase(), text: rest.trim() });
  }
  return stages;
}

function stageOf(text: string, number: number): Stage {
  const [image = '', , name = String(number)] = text.split(/\s+/);
  return { name, image, steps: [] };
}
