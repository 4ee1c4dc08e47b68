/** What the command's exit status says; a promise to scripts. */
export const EXIT = {
  /** Done, or enqueued. */
  done: 0,
  /** Failed or cancelled. */
  failed: 1,
  /** Wrong usage, or an unknown name or id. */
  usage: 2,
  /** Held or partial: something was applied, or waits for a person. */
  attention: 3,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
