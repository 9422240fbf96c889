// A file of contacts with twelve columns, as benchmarks import it: the same on every machine. Two in a hundred people are in it twice.
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { seededChance } from '../../src-main/sample/chance.ts';

const LINES_AT_ONCE = 2000;

/** Writes rows until there are so many, or the file has so many bytes; answers how many rows that were. */
export async function writeContacts(file: string, most: { rows?: number; bytes?: number }): Promise<number> {
  const { rows = Number.POSITIVE_INFINITY, bytes = Number.POSITIVE_INFINITY } = most;
  const chance = seededChance(11);
  const out = createWriteStream(file);
  let written = 0;
  let lines = 'Email,First name,Last name,Phone,City,Country,Birthday,Points,Revenue,Newsletter,Member since,Tags\n';
  let n = 0;
  for (; n < rows && written + lines.length < bytes; n++) {
    const who = n > 100 && chance.next() < 0.02 ? chance.between(0, n - 1) : n;
    const date = `${chance.between(1950, 2005)}-${String(chance.between(1, 12)).padStart(2, '0')}-${String(chance.between(1, 28)).padStart(2, '0')}`;
    lines += `person${who}@mail${who % 50}.example,First${who % 900},"Last ${who % 4000}",+45 ${20_000_000 + (who % 9_999_999)},City ${who % 300},DK,${date},${chance.between(0, 900)},${chance.between(0, 99_999)}.5,${chance.next() < 0.5 ? 'yes' : 'no'},2024-0${chance.between(1, 9)}-1${chance.between(0, 9)},tag${chance.between(1, 40)}|tag${chance.between(41, 60)}\n`;
    if (n % LINES_AT_ONCE !== 0) continue;
    written += lines.length;
    if (!out.write(lines)) await once(out, 'drain');
    lines = '';
  }
  out.end(lines);
  await once(out, 'close');
  return n;
}
