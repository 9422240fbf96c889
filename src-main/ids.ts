// The only randomness of the program.
import { randomBytes, randomInt } from 'node:crypto';

/** A short random name for steps, files and tokens: letters and digits only. */
export function randomId(length = 10): string {
  const letters = 'abcdefghijkmnpqrstuvwxyz23456789';
  return Array.from({ length }, () => letters[randomInt(letters.length)]).join('');
}

/** A secret that cannot be guessed, URL-safe. */
export function randomToken(): string {
  return randomBytes(24).toString('base64url');
}

/** Makes event ids that sort in the order in which they were made, so that their index only ever grows at its end. */
export function eventIds(): (at: number) => string {
  const run = randomBytes(5).toString('hex');
  let counter = 0;
  return (at) => `${at.toString(36).padStart(9, '0')}-${(counter++).toString(36).padStart(6, '0')}-${run}`;
}
