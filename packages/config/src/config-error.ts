/** One setting that can't be used, and what was expected of it. */
export interface ConfigProblem {
  setting: string;
  /** Never holds the value of a secret. */
  message: string;
}

/** The environment is not usable; lists everything that is wrong with it at once. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    const lines = problems.map(({ setting, message }) => `  ${setting}: ${message}`);
    super(
      `The settings can't be used; correct them in the environment or in .env:\n${lines.join('\n')}`,
    );
    this.problems = problems;
  }
}
