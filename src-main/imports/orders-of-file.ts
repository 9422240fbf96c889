// Which orders a file has told of already: that it tells of one again, somewhere else and otherwise, is a fault of the file.
import { createHash } from 'node:crypto';
import { say } from '../../shared/text.ts';

export const AGAIN = say('Other rows of the file, further up, say something else of this order. Sort the file by order number, so that the rows of an order stand together, or keep only those that hold.');

/** `new`: it was not told of before. `same`: all of it was. `other`: something else was, so that the file does not agree with itself. */
type Seen = 'new' | 'same' | 'other';

/** Makes what remembers the orders of a file: a few bytes of each. */
export function ordersOfFile(): { see(order: string, content: unknown): Seen } {
  const known = new Map<string, string>();
  return {
    see(order, content) {
      const now = createHash('sha1').update(JSON.stringify(content)).digest('base64');
      const before = known.get(order);
      if (before === undefined) known.set(order, now);
      return before === undefined ? 'new' : before === now ? 'same' : 'other';
    },
  };
}
