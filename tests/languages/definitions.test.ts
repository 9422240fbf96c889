// Every sentence that a definition or a problem can say has a translation, with the same values in it.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { IntlMessageFormat } from 'intl-messageformat';
import { describe, expect, test } from 'vitest';
import { LANGUAGES as languages } from '../../shared/language.ts';

const root = join(import.meta.dirname, '../..');
const LANGUAGES = Object.keys(languages).filter((language) => language !== 'en');

function sourceFiles(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return sourceFiles(path);
    return /\.tsx?$/.test(name) ? [path] : [];
  });
}

/** The literal patterns of all `say(...)` calls. */
function patternsIn(file: string): string[] {
  const source = readFileSync(file, 'utf8');
  return [...source.matchAll(/\bsay\(\s*(?:'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`)/g)].map((match) =>
    (match[1] ?? match[2] ?? match[3])!.replace(/\\(['"`\\])/g, '$1'),
  );
}

/** Commands speak English only, so their sentences need no translation. */
const sources = [...sourceFiles(join(root, 'shared')), ...sourceFiles(join(root, 'src-main')), ...sourceFiles(join(root, 'src-renderer'))].filter(
  (file) => !file.includes('/src-main/commands/') && !file.endsWith('/src-main/cli.ts') && !file.endsWith('shared/text.ts'),
);
const patterns = [...new Set(sources.flatMap(patternsIn))].sort();

function namesIn(pattern: string, locale: string): string[] {
  return [...new Set(JSON.stringify(new IntlMessageFormat(pattern, locale, undefined, { ignoreTag: true }).getAst()).matchAll(/"type":[1-6],"value":"(\w+)"/g))]
    .map((match) => match[1]!)
    .sort();
}

test('sentences are found in the source', () => {
  expect(patterns.length).toBeGreaterThan(50);
  expect(patterns).toContain('{field} is missing.');
});

test('no sentence is put together from a variable pattern', () => {
  const computed = sources.filter((file) => /\bsay\(\s*[^'"`\s)]/.test(readFileSync(file, 'utf8').replace(/\bfunction say\(/g, '')));
  expect(computed).toEqual([]);
});

describe.each(LANGUAGES)('%s', (language) => {
  const translations = JSON.parse(readFileSync(join(root, `assets/languages/${language}/definitions.json`), 'utf8')) as Record<string, string>;

  test('has every sentence', () => {
    expect(patterns.filter((pattern) => !translations[pattern])).toEqual([]);
  });

  test('has no sentence that nobody says', () => {
    expect(Object.keys(translations).filter((pattern) => !patterns.includes(pattern))).toEqual([]);
  });

  test('puts the same values into each sentence', () => {
    const wrong = patterns.filter((pattern) => translations[pattern] && namesIn(pattern, 'en').join() !== namesIn(translations[pattern], language).join());
    expect(wrong).toEqual([]);
  });
});
