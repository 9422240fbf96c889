// Every language says everything that English says, in sentences that can be read, and fills in nothing that English does not.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { IntlMessageFormat } from 'intl-messageformat';
import { describe, expect, test } from 'vitest';
import { LANGUAGES as languages } from '../../shared/language.ts';

const folder = join(import.meta.dirname, '..', '..', 'assets', 'languages');
const LANGUAGES = Object.keys(languages);
const namespaces = readdirSync(join(folder, 'en'))
  .map((file) => file.replace('.json', ''))
  .filter((name) => name !== 'definitions');

function words(language: string, namespace: string): Record<string, string> {
  return JSON.parse(readFileSync(join(folder, language, `${namespace}.json`), 'utf8')) as Record<string, string>;
}

type Node = ReturnType<IntlMessageFormat['getAst']>[number];

/** The kind of a node that holds words. */
const WORDS = 0;

/** The names of what is filled in; those inside plural forms too. */
function placesOf(nodes: readonly Node[]): Set<string> {
  const places = new Set<string>();
  for (const node of nodes) {
    const kind: number = node.type;
    if (!('value' in node) || kind === WORDS) continue;
    places.add(node.value);
    if ('options' in node) for (const option of Object.values(node.options)) for (const place of placesOf(option.value)) places.add(place);
  }
  return places;
}

/** Forms that a plural lacks. `other` stands in for any form ("2 razy, 5 razy"), but whoever writes `few` needs `many` too. */
function missingForms(nodes: readonly Node[], language: string): string[] {
  const needed = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
  return nodes.flatMap((node) => {
    if (!('pluralType' in node)) return [];
    const isDetailed = node.options['few'] !== undefined || node.options['many'] !== undefined;
    return needed.filter((form) => node.options[form] === undefined && (isDetailed || form === 'other'));
  });
}

function parse(sentence: string, language: string): readonly Node[] {
  return new IntlMessageFormat(sentence, language, undefined, { ignoreTag: true }).getAst();
}

describe.each(namespaces)('%s', (namespace) => {
  const english = words('en', namespace);

  test.each(LANGUAGES)('%s has the same keys as English, each with words', (language) => {
    const other = words(language, namespace);
    expect(Object.keys(other).sort()).toEqual(Object.keys(english).sort());
    expect(Object.entries(other).filter(([, sentence]) => sentence.trim() === '')).toEqual([]);
  });

  test.each(LANGUAGES)('%s fills in only what is given, and has the plural forms that it needs', (language) => {
    const other = words(language, namespace);
    const faults = Object.keys(english).flatMap((key) => {
      const here = parse(other[key] ?? '', language);
      const there = parse(english[key]!, 'en');
      const known = placesOf(there);
      const differs = [...placesOf(here)].some((place) => !known.has(place));
      const missing = missingForms(here, language);
      return [...(differs ? [`${key}: other places`] : []), ...(missing.length > 0 ? [`${key}: no ${missing.join()}`] : [])];
    });
    expect(faults).toEqual([]);
  });
});

/** All code that says words: the window, the desktop beside it, and what both share. */
const code = ['src-renderer', 'src-main', 'shared'].flatMap((top) => {
  const above = join(import.meta.dirname, '..', '..', top);
  return readdirSync(above, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => readFileSync(join(above, name), 'utf8'));
});

const found = (pattern: RegExp): Set<string> => new Set(code.flatMap((text) => [...text.matchAll(pattern)].map(([, part]) => part!)));
const literals = new Set([...found(/'([\w.:-]+)'/g), ...found(/"([\w.:-]+)"/g), ...found(/`([\w.:-]+)`/g)]);
/** Of keys that are put together: how they begin, as in `kind.${kind}`, or end, as in `${kind}Help`. */
const beginnings = [...found(/`([\w-]+[.:][\w.:-]*)\$\{/g)];
const endings = [...found(/`\$\{[^}]*\}([A-Z]\w+)`/g)];

function isSaid(namespace: string, key: string): boolean {
  const isWhole = (way: string) => literals.has(way) || beginnings.some((beginning) => way.startsWith(beginning));
  return [key, `${namespace}:${key}`].some(isWhole) || endings.some((ending) => key.endsWith(ending) && literals.has(key.slice(0, -ending.length)));
}

test.each(namespaces)('%s has no words that nobody says', (namespace) => {
  expect(Object.keys(words('en', namespace)).filter((key) => !isSaid(namespace, key))).toEqual([]);
});

test('words that nobody says are found', () => {
  expect(isSaid('contacts', 'nobodySaysThis')).toBe(false);
});
