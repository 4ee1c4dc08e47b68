/**
 * Makes one piece of work of all that is asked for in one turn of the event loop, or while
 * another is under way: who asks alone waits for nobody, and many at once cost little more
 * than one.
 *
 * @param work answers all of these, in their order, and may be repeated: if it fails for
 *   several, it is done for each of them alone
 * @param most how many are taken together
 */
export function gather<Item, Answer>(
  work: (items: readonly Item[]) => Promise<readonly Answer[]>,
  most: number,
): (item: Item) => Promise<Answer> {
  let waiting: Waiting<Item, Answer>[] = [];
  let isUnderWay = false;

  const answer = async (taken: readonly Waiting<Item, Answer>[]): Promise<void> => {
    try {
      const answers = await work(taken.map(({ item }) => item));
      if (answers.length !== taken.length) throw new Error('Not everybody was answered.');
      // As many as there are: none is missing.
      for (const [place, { resolve }] of taken.entries()) resolve(answers[place] as Answer);
    } catch (error) {
      // What one of them asked for must not cost the others theirs.
      if (taken.length > 1) await Promise.all(taken.map((one) => answer([one])));
      else for (const { reject } of taken) reject(error);
    }
  };

  const workOff = async (): Promise<void> => {
    isUnderWay = true;
    while (waiting.length > 0) {
      // What came over several connections at once is heard of one after the other.
      await new Promise(setImmediate);
      const taken = waiting.slice(0, most);
      waiting = waiting.slice(most);
      await answer(taken);
    }
    isUnderWay = false;
  };

  return (item) =>
    new Promise<Answer>((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (!isUnderWay) void workOff();
    });
}

interface Waiting<Item, Answer> {
  item: Item;
  resolve: (answer: Answer) => void;
  reject: (reason: unknown) => void;
}
