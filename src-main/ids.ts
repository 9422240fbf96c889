// The only randomness of the program.
import { randomBytes, randomInt, randomUUID } from 'node:crypto';

/** A short random name for steps, files and tokens: letters and digits only. */
export function randomId(length = 10): string {
  const letters = 'abcdefghijkmnpqrstuvwxyz23456789';
  return Array.from({ length }, () => letters[randomInt(letters.length)]).join('');
}

/** A name that nothing else in the world has. */
export function randomUuid(): string {
  return randomUUID();
}

/** A secret that cannot be guessed, URL-safe. */
export function randomToken(): string {
  return randomBytes(24).toString('base64url');
}
