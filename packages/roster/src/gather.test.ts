import { describe, expect, it } from 'vitest';
import { gather } from './gather.js';

/** Work that ends when told to, and what it was asked each time. */
function manualWork() {
  const asked: number[][] = [];
  const ends: { resolve(answers: string[]): void; reject(error: Error): void }[] = [];
  const work = (items: readonly number[]) =>
    new Promise<string[]>((resolve, reject) => {
      asked.push([...items]);
      ends.push({ resolve, reject });
    });
  const end = (turn: number) => ends[turn]?.resolve((asked[turn] ?? []).map((n) => `<${n}>`));
  return { work, asked, end, fail: (turn: number) => ends[turn]?.reject(new Error('broken')) };
}

/** Until what is due in this turn of the event loop was done. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('gather', () => {
  it('takes together who comes in one turn of the event loop', async () => {
    const { work, asked, end } = manualWork();
    const ask = gather(work, 10);
    const both = Promise.all([ask(1), Promise.resolve().then(() => ask(2))]);
    await turn();
    expect(asked).toEqual([[1, 2]]);
    end(0);
    expect(await both).toEqual(['<1>', '<2>']);
  });

  it('begins with who comes alone, and takes the others together afterwards', async () => {
    const { work, asked, end } = manualWork();
    const ask = gather(work, 10);
    const first = ask(1);
    await turn();
    expect(asked).toEqual([[1]]);
    const others = Promise.all([ask(2), ask(3)]);
    await turn();
    expect(asked).toEqual([[1]]);
    end(0);
    expect(await first).toBe('<1>');
    await expect.poll(() => asked).toEqual([[1], [2, 3]]);
    end(1);
    expect(await others).toEqual(['<2>', '<3>']);
    const last = ask(4);
    await expect.poll(() => asked).toEqual([[1], [2, 3], [4]]);
    end(2);
    expect(await last).toBe('<4>');
  });

  it('takes no more at once than it may', async () => {
    const { work, asked, end } = manualWork();
    const ask = gather(work, 2);
    const all = Promise.all([1, 2, 3, 4, 5].map(ask));
    for (let place = 0; place < 3; place += 1) {
      await expect.poll(() => asked.length).toBe(place + 1);
      end(place);
    }
    expect(await all).toEqual(['<1>', '<2>', '<3>', '<4>', '<5>']);
    expect(asked).toEqual([[1, 2], [3, 4], [5]]);
  });

  it('fails for those it was done for, and goes on with the others', async () => {
    const { work, asked, end, fail } = manualWork();
    const ask = gather(work, 1);
    const first = ask(1);
    const second = ask(2);
    await turn();
    fail(0);
    await expect(first).rejects.toThrow('broken');
    await expect.poll(() => asked.length).toBe(2);
    end(1);
    expect(await second).toBe('<2>');
  });

  it('lets what one asked for cost nobody else an answer', async () => {
    const asked: number[][] = [];
    const ask = gather(async (items: readonly number[]) => {
      asked.push([...items]);
      if (items.includes(13)) throw new Error('unlucky');
      return items.map((n) => `<${n}>`);
    }, 10);
    const all = await Promise.allSettled([1, 2, 13, 4].map(ask));
    expect(all.map((one) => (one.status === 'fulfilled' ? one.value : String(one.reason)))).toEqual(
      ['<1>', '<2>', 'Error: unlucky', '<4>'],
    );
    expect(asked).toEqual([[1, 2, 13, 4], [1], [2], [13], [4]]);
  });

  it('does not leave anybody without an answer', async () => {
    const ask = gather(async () => ['only one too', 'many'], 10);
    await expect(ask(1)).rejects.toThrow('Not everybody was answered.');
  });
});
