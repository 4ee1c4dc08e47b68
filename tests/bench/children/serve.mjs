// What a child process of the bench does: it answers questions over its channel.

/**
 * Answers the parent's questions, one function for each; see `ask` in ../children.mjs.
 * A child ends with its parent, whatever happens to that.
 *
 * @param {Record<string, (argument: any) => unknown>} answers
 * @param {{ isGuest?: boolean }} [options] `isGuest`: loaded into a program that is
 *   not the bench's own, which is neither kept alive nor ended otherwise than by SIGTERM
 */
export function serve(answers, { isGuest = false } = {}) {
  if (process.send === undefined) return;
  process.on('message', ({ id, question, argument }) => {
    void Promise.resolve()
      .then(() => answers[question](argument))
      .then(
        (value) => reply({ id, value }),
        (error) => reply({ id, error: String(error?.stack ?? error) }),
      );
  });
  process.once('disconnect', () =>
    isGuest ? process.kill(process.pid, 'SIGTERM') : process.exit(1),
  );
  if (isGuest) process.channel.unref();
  reply({ ready: true });
}

function reply(message) {
  // The parent may be gone by now.
  if (process.connected) process.send(message, () => undefined);
}
