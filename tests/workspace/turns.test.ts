// Long works beside each other: each slice is followed by a look for calls and answers, not by the slice of another work.
import { MessageChannel } from 'node:worker_threads';
import { expect, test, vi } from 'vitest';
import { holdForAnswer, holdTurns, noteCall, sliceTime, turn } from '../../src-main/turns.ts';

test('works take turns in the order in which they asked, and what has come meanwhile is heard between any two slices', async () => {
  const { port1, port2 } = new MessageChannel();
  const seen: string[] = [];
  port2.on('message', (from: string) => seen.push(`heard ${from}`));
  const work = async (name: string): Promise<void> => {
    for (let n = 1; n <= 3; n++) {
      await turn();
      seen.push(`${name}${n}`);
      port1.postMessage(`${name}${n}`);
    }
  };
  await Promise.all([work('a'), work('b')]);
  await turn();
  port2.close();
  expect(seen).toEqual(['a1', 'b1', 'a2', 'b2', 'a3', 'b3'].flatMap((slice) => [slice, `heard ${slice}`]));
});

test('who asks again at once does not come before those who wait', async () => {
  const seen: string[] = [];
  const greedy = async (): Promise<void> => {
    for (let n = 0; n < 4; n++) {
      await turn();
      seen.push('greedy');
    }
  };
  await Promise.all([greedy(), turn().then(() => seen.push('once')), turn().then(() => seen.push('twice'))]);
  expect(seen).toEqual(['greedy', 'once', 'twice', 'greedy', 'greedy', 'greedy']);
});

test('while turns are held nobody gets one, also who had been promised it; afterwards all do, in their order', async () => {
  const seen: string[] = [];
  const works = [turn().then(() => seen.push('a')), turn().then(() => seen.push('b'))];
  await holdTurns(async () => {
    for (let n = 0; n < 3; n++) await new Promise((resolve) => setImmediate(resolve));
    seen.push('held');
  });
  await Promise.all(works);
  await expect(holdTurns(() => Promise.reject(new Error('went wrong')))).rejects.toThrow('went wrong');
  await turn();
  expect(seen).toEqual(['held', 'a', 'b']);
});

test('an answer that is on its way goes out before the next slice; who asks again and again does not hold up the work', async () => {
  const seen: string[] = [];
  const later = () => new Promise<void>((resolve) => setImmediate(() => setImmediate(resolve)));
  const ask = (name: string, answer = later()): void => {
    void answer.then(() => seen.push(name));
    holdForAnswer(answer, 10_000);
  };
  await turn();
  ask('answer');
  await turn().then(() => seen.push('slice'));
  expect(seen.splice(0)).toEqual(['answer', 'slice']);
  ask('first');
  ask('second', later().then(later));
  await turn().then(() => seen.push('slice'));
  expect(seen.splice(0)).toEqual(['first', 'slice']);
  // One that never comes is not waited for.
  holdForAnswer(new Promise(() => undefined));
  await turn();
});

test('slices are short as long as somebody calls, and longer once nobody has called for a while', () => {
  const now = vi.spyOn(performance, 'now').mockReturnValue(1000);
  try {
    noteCall();
    const short = sliceTime();
    now.mockReturnValue(1299);
    expect(sliceTime()).toBe(short);
    now.mockReturnValue(1301);
    expect(sliceTime()).toBeGreaterThan(short);
    noteCall();
    expect(sliceTime()).toBe(short);
  } finally {
    now.mockRestore();
  }
});
