// The rules of the house that no compiler knows: who may import whom, where the clock, chance, SQL and sockets may be.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative, sep } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const MOST_LINES = 400;

type Import = { from: string; target: string; names: string; typeOnly: boolean };
type Source = { path: string; text: string; code: string; imports: Import[] };

/** All code of the project, by its path from the top. */
const sources: Source[] = ['shared', 'src-main', 'src-renderer', 'tests'].flatMap((top) =>
  readdirSync(join(root, top), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ts|tsx|mjs|mts)$/.test(name))
    .map((name) => readSource(join(top, name).split(sep).join('/'))),
);

function readSource(path: string): Source {
  const text = readFileSync(join(root, path), 'utf8');
  const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');
  const named = [...code.matchAll(/^(?:import|export)\s+(type\s)?([^'";]*?\sfrom\s)?['"]([^'"]+)['"]/gm)].map(
    ([, typeOnly, names = '', target]) => ({ from: path, target: resolved(path, target!), names, typeOnly: typeOnly !== undefined }),
  );
  const later = [...code.matchAll(/\bimport\(\s*['"]([^'"]+)['"]/g)].map(([, target]) => ({ from: path, target: resolved(path, target!), names: '', typeOnly: false }));
  return { path, text, code, imports: [...named, ...later] };
}

function resolved(path: string, target: string): string {
  return target.startsWith('.')
    ? normalize(join(dirname(path), target))
        .split(sep)
        .join('/')
    : target;
}

const within = (...folders: string[]) => sources.filter(({ path }) => folders.some((folder) => path.startsWith(folder)));
/** Imports that break a rule, as "file -> target". */
const broken = (list: Source[], isWrong: (each: Import) => boolean) =>
  list.flatMap(({ imports }) => imports.filter(isWrong).map(({ from, target }) => `${from} -> ${target}`));
/** Lines of code that must not be, as "file:line: text". */
const found = (list: Source[], pattern: RegExp) =>
  list.flatMap(({ path, code }) =>
    code.split('\n').flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : [])),
  );

test('there is something to look at', () => {
  expect(sources.length).toBeGreaterThan(100);
  expect(sources.flatMap(({ imports }) => imports).length).toBeGreaterThan(300);
});

describe('between the folders', () => {
  test('shared imports neither the machine nor the window, nor anything of Node or React', () => {
    expect(broken(within('shared/'), ({ target }) => /^(src-|node:|react|electron|@mantine|better-sqlite3)/.test(target))).toEqual([]);
  });
  test('the machine and the window do not know each other', () => {
    expect(broken(within('src-main/'), ({ target }) => target.startsWith('src-renderer/'))).toEqual([]);
    expect(broken(within('src-renderer/'), ({ target }) => target.startsWith('src-main/') || target.startsWith('node:'))).toEqual([]);
  });
  test('nothing imports tests', () => {
    expect(broken(within('shared/', 'src-main/', 'src-renderer/'), ({ target }) => target.startsWith('tests/'))).toEqual([]);
  });
});

describe('inside shared', () => {
  // What stands later may import what stands earlier; the same level may import itself.
  const levels = [
    ['text', 'problem', 'fields', 'common-fields', 'time', 'time-words', 'language'],
    ['contacts', 'calendar'],
    ['messages'],
    ['steps', 'triggers'],
    ['flow', 'segments'],
    ['engine'],
    ['simulation'],
    ['api'],
  ];
  const levelOf = (path: string) => {
    const name = /^shared\/([^/.]+)/.exec(path)?.[1];
    return levels.findIndex((level) => name !== undefined && level.includes(name));
  };
  test('imports go one way', () => {
    const wrong = ({ from, target, typeOnly }: Import) => !typeOnly && target.startsWith('shared/') && levelOf(target) > levelOf(from);
    expect(within('shared/').filter(({ path }) => levelOf(path) < 0).map(({ path }) => path)).toEqual([]);
    expect(broken(within('shared/'), wrong)).toEqual([]);
  });
  test('a step or trigger knows neither flows, nor the engine, nor another of its kind', () => {
    const one = within('shared/steps/', 'shared/triggers/').filter(({ path }) => !/\/(index|step|trigger)\.ts$/.test(path));
    const own = new Set(one.filter(({ code }) => /= define(Step|Trigger)\(/.test(code)).map(({ path }) => path));
    const list = /^shared\/(steps|triggers)\/index\.ts$/;
    expect(own.size).toBeGreaterThan(40);
    expect(broken(one, ({ target }) => /^shared\/(flow|engine)\//.test(target) || list.test(target) || own.has(target))).toEqual([]);
  });
});

describe('inside the machine', () => {
  test('handlers do not import handlers', () => {
    expect(broken(within('src-main/handlers/'), ({ target }) => target.startsWith('src-main/handlers/'))).toEqual([]);
  });
  const works = 'imports|exports|readers|simulation|privacy|bulk-edits|undoing|sample|desktop';
  const above = 'handlers|commands|backend|dispatch|node|electron|cli';
  const layers: [string, RegExp][] = [
    ['store', new RegExp(`^src-main/(${above}|${works}|runner|channels|rendering|guard)\\b`)],
    ['channels', new RegExp(`^src-main/(${above}|${works}|runner|store|rendering|guard)\\b`)],
    ['runner', new RegExp(`^src-main/(${above}|${works})\\b`)],
    ...works.split('|').filter((work) => work !== 'sample' && work !== 'desktop').map((work): [string, RegExp] => [work, new RegExp(`^src-main/(${above})\\b`)]),
    ['handlers', /^src-main\/(commands|backend|node|electron|cli)/],
  ];
  test.each(layers)('%s does not know what stands above it', (folder, higher) => {
    expect(within(`src-main/${folder}/`).length).toBeGreaterThan(0);
    expect(broken(within(`src-main/${folder}/`), ({ target, typeOnly }) => !typeOnly && higher.test(target))).toEqual([]);
  });
  test('only hosts know electron', () => {
    const hosts = ['src-main/electron.ts', 'src-main/preload.ts'];
    const others = sources.filter(({ path }) => !hosts.includes(path) && !path.startsWith('tests/'));
    expect(broken(others, ({ target }) => target === 'electron')).toEqual([]);
  });
  test('SQL stands in the store, and only there', () => {
    const others = within('src-main/', 'src-renderer/', 'shared/').filter(({ path }) => !path.startsWith('src-main/store/'));
    expect(broken(others, ({ target }) => target === 'better-sqlite3')).toEqual([]);
    expect(
      found(others, /\b(SELECT\s.+\sFROM|INSERT INTO|UPDATE \w+ SET|DELETE FROM|CREATE TABLE|PRAGMA)\b|\.prepare\(|\.pragma\(/),
    ).toEqual([]);
  });
  test('contacts are taken out in one place, which tells those who have counted them', () => {
    // Simulations take them out of their copies, in which nobody counts.
    const others = within('src-main/').filter(({ path }) => !['src-main/store/contacts.ts', 'src-main/store/rewind.ts'].includes(path));
    expect(found(others, /DELETE FROM contacts\b/)).toEqual([]);
  });
  test('sockets stand in channels and in the loopback host', () => {
    const others = within('src-main/', 'shared/').filter(
      ({ path }) => !path.startsWith('src-main/channels/') && !path.startsWith('src-main/launch/') && path !== 'src-main/node.ts',
    );
    const network = /^(node:)?(net|tls|http|https|http2|dgram|dns)(\/|$)|^(ws|imapflow|undici)(\/|$)|^nodemailer$/;
    const onlyLooksAtAddresses = /^\s*\{\s*(isIP|isIPv4|isIPv6)(\s*,\s*(isIP|isIPv4|isIPv6))*\s*\}/;
    expect(broken(others, ({ target, names, typeOnly }) => !typeOnly && network.test(target) && !onlyLooksAtAddresses.test(names))).toEqual(
      [],
    );
    expect(found(others, /\bfetch\(|new WebSocket\(/)).toEqual([]);
  });
});

describe('inside the window', () => {
  test('only the flow editor knows React Flow', () => {
    expect(
      broken(
        within('src-renderer/').filter(({ path }) => !path.startsWith('src-renderer/flow-editor/')),
        ({ target }) => target.startsWith('@xyflow/'),
      ),
    ).toEqual([]);
  });
  test('only backend.ts and bridge.ts know how calls travel', () => {
    const others = within('src-renderer/').filter(({ path }) => !/^src-renderer\/(backend|bridge)\.ts$/.test(path));
    expect(found(others, /\bfetch\(|new WebSocket\(|window\.kanal\b/)).toEqual([]);
  });
  test('no dangerous ways to make HTML', () => {
    expect(found(within('src-renderer/'), /dangerouslySetInnerHTML|\.innerHTML\s*=|document\.write|\beval\(/)).toEqual([]);
  });
});

describe('time and chance', () => {
  test('the rules and the runner have neither clock nor dice', () => {
    expect(
      found(
        within('shared/', 'src-main/runner/'),
        /\bDate\.now\b|\bnew Date\(\s*\)|\bMath\.random\b|\bTemporal\.Now\b|\bperformance\.now\b|\brandomUUID\b|\bsetTimeout\(|\bsetInterval\(/,
      ),
    ).toEqual([]);
  });
  test('the machine asks one clock and draws from one source', () => {
    const others = within('src-main/').filter(
      ({ path }) => !['src-main/clock.ts', 'src-main/ids.ts'].includes(path) && !path.startsWith('src-main/launch/'),
    );
    expect(found(others, /\bDate\.now\b|\bnew Date\(\s*\)|\bMath\.random\b|\bTemporal\.Now\b|\brandomUUID\b|\brandomBytes\b/)).toEqual([]);
  });
});

describe('Electron is left as safe as it comes (FAULTS 1.7)', () => {
  test('no switch that weakens it', () => {
    const main = within('src-main/').filter(({ path }) => !path.startsWith('src-main/launch/'));
    expect(
      found(
        main,
        /nodeIntegration|contextIsolation|webSecurity|allowRunningInsecureContent|experimentalFeatures|enableBlinkFeatures|webviewTag|sandbox:\s*false|no-sandbox/,
      ),
    ).toEqual([]);
  });
  test('the preload script exposes functions, never Electron itself', () => {
    const preload = sources.find(({ path }) => path === 'src-main/preload.ts')!;
    expect(preload.imports.filter(({ typeOnly }) => !typeOnly).map(({ target }) => target)).toEqual(['electron']);
    expect(preload.code).not.toMatch(/exposeInMainWorld\([^)]*ipcRenderer|:\s*ipcRenderer[,\s}]/);
  });
});

describe('every file', () => {
  test(`has at most ${MOST_LINES} lines`, () => {
    expect(sources.filter(({ text }) => text.split('\n').length - 1 > MOST_LINES).map(({ path }) => path)).toEqual([]);
  });
  test('says at its beginning what it is', () => {
    expect(
      sources.filter(({ text, path }) => !/^(#!.*\n)?(\/\/ |\/\*\*)/.test(text) && !path.endsWith('.d.mts')).map(({ path }) => path),
    ).toEqual([]);
  });
  test('has no console and no notes to come back to (and no any: oxlint sees to that)', () => {
    expect(
      found(
        sources.filter(({ path }) => !path.startsWith('tests/')),
        /\bconsole\.\w+\(/,
      ),
    ).toEqual([]);
    expect(
      sources
        .filter(
          ({ text, path }) =>
            path !==
              relative(root, import.meta.filename)
                .split(sep)
                .join('/') && /\b(TODO|FIXME|XXX)\b/.test(text),
        )
        .map(({ path }) => path),
    ).toEqual([]);
  });
});
