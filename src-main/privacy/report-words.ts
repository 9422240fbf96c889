// The words of an access report: its own, and those of the window for what both tell of (events, states, reasons), so that each
// is translated once.
import { eventWords, originWords, type EventSpeech, type Origin } from '../../shared/contacts/event-words.ts';
import { inLanguage, type TextValue } from '../../shared/text.ts';
import { inProgramLanguage, programLanguage, wordsIn } from '../languages.ts';

/** The namespaces of the window whose words the report shares. */
type Shared = 'contacts' | 'contact-page' | 'privacy' | 'outbox' | 'tasks';
type Values = Record<string, TextValue>;

/** What the window says to its user ("by you") is not what a contact may read: there it is "by hand". */
const SAID_TO_USERS = new Set(['by.user', 'reason.by-user', 'reason.resend', 'closed.by-user']);

/** What depends on the person: the names of things, and how their values are written. */
export type Named = Pick<EventSpeech, 'attributeLabel' | 'value' | 'messageName' | 'topicName' | 'number' | 'money'>;

export type ReportWords = {
  language: string;
  /** A word of the report's own. */
  own(key: string, values?: Values): string;
  /** A word of the window; the code itself (what stands behind the first point of the key) where it has none. */
  shared(from: Shared, key: string, values?: Values): string;
  /** What a definition says, such as the label of a standard attribute. */
  definition(english: string): string;
  event(event: { type: string; data: Record<string, unknown>; flow: string | null }, named: Named): { sentence: string; details: string[] };
  origin(origin: Origin): string;
};

/** The words in a language of the program, or in English. `asked`: a BCP 47 tag. */
export function reportWords(asked: string): ReportWords {
  const language = programLanguage(asked);
  const fill = (text: string, values: Values): string => inLanguage({ text, values }, language, (same) => same);
  const own = (key: string, values: Values = {}): string => fill(wordsIn('access-report', `${language}.json`)[key] ?? key, values);
  const shared = (from: Shared, key: string, values: Values = {}): string => {
    if (SAID_TO_USERS.has(key)) return shared('privacy', 'actor.user');
    const text = wordsIn(`languages/${language}`, `${from}.json`)[key];
    return text === undefined ? key.slice(key.indexOf('.') + 1) : fill(text, values);
  };
  const exitReason = (code: string): string => shared('contacts', `exit.${code}`);
  const isClosedCode = (code: string): boolean => Object.hasOwn(wordsIn(`languages/${language}`, 'tasks.json'), `closed.${code}`);
  return {
    language,
    own,
    shared,
    definition: (english) => inProgramLanguage({ text: english }, language),
    event: (event, named) =>
      eventWords(event, { ...named, word: (key, values) => shared('contacts', key, values), exitReason, closedReason: (code) => (isClosedCode(code) ? shared('tasks', `closed.${code}`) : exitReason(code)) }),
    origin: (origin) => originWords(origin, (key, values) => shared('contact-page', key, values)),
  };
}
