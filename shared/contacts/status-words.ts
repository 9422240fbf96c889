// What other programs say of somebody's place on a list, word for word. "Inactive" is not "active", and what is not known is
// asked about, never guessed (FEATURES D28).
import { consentWord, foldName } from './header-names.ts';
import type { StatusMeaning } from './import-plan.ts';

/** Neither a yes nor a no: not confirmed yet, never asked, or known only from an order. Folded. */
const NEITHER = new Set([
  'none', 'unknown', 'nonsubscribed', 'notsubscribed', 'neversubscribed', 'unconfirmed', 'pending', 'pendingconfirmation', 'notset', 'notspecified', 'transactional',
  'single', 'imported', 'new', 'lead', 'ikketilmeldt', 'ubekraeftet', 'afventer', 'niepotwierdzony', 'oczekujacy', 'nieznany', 'onbevestigd', 'inafwachting', 'onbekend', 'obekraftad', 'vantar', 'okand', 'unbestatigt', 'ausstehend',
]);

/** Among the words of a column: whatever else stands in a cell, such as the time at which somebody has opted out. */
export const ANYTHING = '*';

/** Makes the reader of a status column. `words` are the user's own, which come first. Answers `null` for what is not known. */
export function statusReader(words: Readonly<Record<string, StatusMeaning>>): (cell: string) => StatusMeaning | null {
  const own = new Map(Object.entries(words).filter(([word]) => word !== ANYTHING).map(([word, meaning]) => [foldName(word), meaning]));
  return (cell) => {
    const word = foldName(cell);
    return own.get(word) ?? words[ANYTHING] ?? consentWord(cell) ?? (NEITHER.has(word) ? 'none' : null);
  };
}
