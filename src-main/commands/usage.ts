// What is wrong with a command line whatever files and workspaces hold: it ends with exit code 2. And the word that was meant.
import { distance } from '../../shared/contacts/distance.ts';
import { problem, ProblemError, type Place } from '../../shared/problem.ts';
import { say, type Text } from '../../shared/text.ts';

/** Wrong usage of the command line. */
export class UsageError extends ProblemError {}

/** Shorthand: stops with one problem of usage. */
export function wrongUsage(code: string, text: Text, place?: Place): never {
  throw new UsageError(problem(code, text, place));
}

/** The sentence, and behind it the one of the words that was probably meant. */
export function withNearest(sentence: Text, given: string, words: readonly string[]): Text {
  const word = nearestWord(given, words);
  return word === undefined ? sentence : say('{sentence} Did you mean {word}?', { sentence, word });
}

/** The word that differs least from the given one, or the only one that begins with it; `undefined`: none is near. */
export function nearestWord(given: string, words: readonly string[]): string | undefined {
  if (given.length < 3) return undefined;
  const most = given.length < 5 ? 1 : 2;
  const nearest = words.map((word) => ({ word, far: distance(given.toLowerCase(), word.toLowerCase(), most) })).filter(({ far }) => far <= most).sort((one, other) => one.far - other.far)[0];
  const longer = words.filter((word) => word.startsWith(given));
  return nearest?.word ?? (longer.length === 1 ? longer[0] : undefined);
}
