// The sentences of a publish agree with the number in them, also where a language has more forms than one and many.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { IntlMessageFormat } from 'intl-messageformat';
import { describe, expect, test } from 'vitest';

const folder = join(import.meta.dirname, '..', '..', 'assets', 'languages');
const COMMON = { step: 'Wait', to: 'Offer', version: 2, days: 7, name: 'Welcome', who: 'ada' };

function said(language: string, key: string, values: Record<string, number>): string {
  const words = JSON.parse(readFileSync(join(folder, language, 'live-flows.json'), 'utf8')) as Record<string, string>;
  return String(new IntlMessageFormat(words[key]!, language, undefined, { ignoreTag: true }).format({ ...COMMON, ...values }));
}

describe.each<[string, string, [number, string][]]>([
  ['en', 'effect.removedTo', [[1, '1 person stands at “Wait”, which is gone, and moves to “Offer”.'], [2, '2 people stand at “Wait”, which is gone, and move to “Offer”.']]],
  ['en', 'effect.removedOut', [[1, '1 person stands at “Wait”, which is gone, and leaves the flow.'], [0, '0 people stand at “Wait”, which is gone, and leave the flow.']]],
  ['nl', 'effect.removedTo', [[1, '1 persoon staat bij ‘Wait’, die weg is, en gaat naar ‘Offer’.'], [2, '2 personen staan bij ‘Wait’, die weg is, en gaan naar ‘Offer’.']]],
  ['nl', 'effect.removedOut', [[1, '1 persoon staat bij ‘Wait’, die weg is, en verlaat de flow.'], [5, '5 personen staan bij ‘Wait’, die weg is, en verlaten de flow.']]],
  ['da', 'keep.askBody', [[1, '1 person er i tidligere versioner.'], [2, '2 personer er i tidligere versioner.']]],
  ['sv', 'effect.backfill', [[1, '1 person som gick förbi de nya stegen går igenom bara dem.'], [2, '2 personer som gick förbi de nya stegen går igenom bara dem.']]],
  ['pl', 'effect.removedTo', [[1, '1 osoba stoi na usuniętym kroku „Wait” i przechodzi do „Offer”.'], [3, '3 osoby stoją na usuniętym kroku „Wait” i przechodzą do „Offer”.'], [5, '5 osób stoi na usuniętym kroku „Wait” i przechodzi do „Offer”.'], [22, '22 osoby stoją na usuniętym kroku „Wait” i przechodzą do „Offer”.']]],
  ['pl', 'effect.removedOut', [[2, '2 osoby stoją na usuniętym kroku „Wait” i opuszczają scenariusz.'], [0, '0 osób stoi na usuniętym kroku „Wait” i opuszcza scenariusz.']]],
  ['pl', 'effect.backfill', [[1, '1 osoba, która minęła nowe kroki, przejdzie tylko przez nie.'], [4, '4 osoby, które minęły nowe kroki, przejdą tylko przez nie.'], [12, '12 osób, które minęły nowe kroki, przejdzie tylko przez nie.']]],
  ['pl', 'keep.askBody', [[1, 'We wcześniejszych wersjach jest 1 osoba.'], [2, 'We wcześniejszych wersjach są 2 osoby.'], [5, 'We wcześniejszych wersjach jest 5 osób.']]],
  ['pl', 'backfill.step', [[1, '„Wait”: 1 osoba'], [24, '„Wait”: 24 osoby'], [11, '„Wait”: 11 osób']]],
])('%s %s', (language, key, cases) => {
  test.each(cases)('of %i', (count, sentence) => expect(said(language, key, { count })).toBe(sentence));
});

test.each([
  ['en', 1, '1 goes on at once'],
  ['en', 2, '2 go on at once'],
  ['nl', 1, '1 gaat meteen verder'],
  ['nl', 2, '2 gaan meteen verder'],
  ['pl', 1, '1 idzie dalej od razu'],
  ['pl', 3, '3 idą dalej od razu'],
  ['pl', 5, '5 idzie dalej od razu'],
])('%s: %i who go on at once', (language, n, words) => expect(said(language, 'effect.now', { n })).toBe(words));

test.each([
  ['nl', 1, 1, '1 contact voldoet al aan een trigger: 1 zou binnen 7 dagen binnenkomen.'],
  ['nl', 5, 2, '5 contacten voldoen al aan een trigger: 2 zouden binnen 7 dagen binnenkomen.'],
  ['pl', 1, 0, '1 kontakt spełnia już wyzwalacz: w ciągu 7 dni weszłoby 0 kontaktów.'],
  ['pl', 5, 3, '5 kontaktów spełnia już wyzwalacz: w ciągu 7 dni weszłyby 3 kontakty.'],
])('%s: %i match already, %i of whom come in', (language, count, entered, sentence) => expect(said(language, 'effect.existing', { count, entered })).toBe(sentence));
