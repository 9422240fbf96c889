// The command line as scripts see it: exit codes, what goes to which stream, one JSON document with --json.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Answer } from '../../shared/api.ts';
import { buildProgram, commandLine } from '../program.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kanal-cli-'));
  buildProgram();
  expect(kanal('new', 'client.kanal', '--name', 'Søn & Co', '--time-zone', 'Europe/Copenhagen', '--locale', 'da-DK')).toMatchObject({
    code: 0,
    err: '',
  });
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const environment = () => ({ ...process.env, KANAL_DATA_FOLDER: join(folder, 'data') });

function kanal(...words: string[]): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [commandLine, ...words], {
    cwd: folder,
    encoding: 'utf8',
    env: environment(),
  });
  return { code: status, out: stdout, err: stderr };
}

describe('exit codes', () => {
  const cases: [string[], number, RegExp, RegExp][] = [
    [['help'], 0, /kanal new WORKSPACE.*Exit codes/s, /^$/],
    [['--help'], 0, /kanal import WORKSPACE/, /^$/],
    [['new', '--help'], 0, /^kanal new WORKSPACE .*\n\nMakes a workspace file\./, /^$/],
    [['flow', '--help'], 0, /kanal flow publish/, /^$/],
    [[], 2, /kanal new/, /^$/],
    [['frobnicate'], 2, /^$/, /^There is no command "frobnicate"\. "kanal help" lists them all\.\n$/],
    [['flow'], 2, /^$/, /^Which one\?\n {2}kanal flow/],
    [['new'], 2, /^$/, /^Something is missing\. Usage: kanal new WORKSPACE/],
    [['check', 'a', 'b'], 2, /^$/, /^"b" is one too many\. Usage: kanal check WORKSPACE\n$/],
    [['check', 'client.kanal', '--frob'], 2, /^$/, /^Unknown option '--frob'. Usage: kanal check/],
    [['new', 'x.kanal', '--name'], 2, /^$/, /argument missing.* Usage: kanal new/],
    [['check', 'client.kanal'], 0, /^client\.kanal is whole\.\n$/, /^$/],
    [['check', 'missing.kanal'], 1, /^$/, /^There is no file .*missing\.kanal\. Check the path, or make a new workspace\.\n$/],
    [['new', 'client.kanal'], 1, /^$/, /already exists\. Choose another name; nothing was changed\.\n$/],
    [['new', 'nowhere/x.kanal'], 1, /^$/, /There is no folder/],
    [['new', 'y.kanal', '--time-zone', 'CEST+'], 1, /^$/, /There is no time zone "CEST\+"/],
    [['serve', 'client.kanal', '--port', 'x'], 2, /^$/, /"x" is not a port/],
    [['imprt', 'client.kanal'], 2, /^$/, /^There is no command "imprt"\. Did you mean "import"\? "kanal help" lists them all\.\n$/],
    [['flow', 'publsh', 'client.kanal'], 2, /^$/, /^There is no command "flow publsh"\. Did you mean "flow publish"\?/],
    [['import', 'client.kanal', 'x.csv', '--consnet', 'email'], 2, /^$/, /^There is no option --consnet\. Did you mean --consent\? "kanal import --help" tells of all\.\n$/],
    [['import', 'client.kanal', 'x.csv', '--dry'], 2, /^$/, /Did you mean --dry-run\?/],
    [['export', 'client.kanal', 'x.csv', '--for', 'exel'], 2, /^$/, /^--for is one of excel, plain, not "exel"\. Did you mean excel\?\n$/],
    [['undo-import', 'client.kanal', 'last'], 2, /^$/, /^IMPORT is the number of an import, not "last"\./],
    [['segment', 'add', 'client.kanal', ''], 2, /^$/, /^There are quotation marks with nothing in them\. Usage: kanal segment add/],
    [
      ['serve', '--virtual-clock', '--transport', 'smtp://mail.example.com:25'],
      1,
      /^$/,
      /only to a folder or to a server on this computer/,
    ],
    [['serve', 'missing.kanal'], 1, /^$/, /There is no file/],
  ];
  test.each(cases)('kanal %j: %i', (words, code, out, err) => {
    const got = kanal(...words);
    expect(got.code, got.err).toBe(code);
    expect(got.out).toMatch(out);
    expect(got.err).toMatch(err);
  });

  test('a bug: 3, its message, and where the log is', () => {
    expect(kanal('new', 'odd.kanal').code).toBe(0);
    const db = new SQLite(join(folder, 'odd.kanal'));
    db.exec('DROP TABLE flows');
    db.close();
    const { code, err } = kanal('flow', 'list', 'odd.kanal');
    expect([code, err]).toEqual([
      3,
      expect.stringMatching(/^This should not have happened: .*flows.*\nMore about it is in .*command\.log\n$/) as unknown,
    ]);
    expect(readFileSync(join(folder, 'data/logs/command.log'), 'utf8')).toContain('no such table');
  });
});

describe('a place is named once', () => {
  beforeAll(() => {
    writeFileSync(join(folder, 'open.csv'), 'email,name\nada@x.dk,"Ada\nbo@x.dk,Bo\n');
    writeFileSync(join(folder, 'empty.csv'), '');
    writeFileSync(join(folder, 'good.csv'), 'email,name\nada@x.dk,Ada\n');
    writeFileSync(join(folder, 'rule.json'), '{"kind":"x"}');
    writeFileSync(join(folder, 'events.json'), '[{"email":"ada@x.dk"}]');
  });
  const cases: [string[], RegExp][] = [
    [['import', 'client.kanal', 'open.csv'], /^open\.csv, line 2: a quote is opened here/],
    [['import', 'client.kanal', 'empty.csv'], /^empty\.csv is empty: 0 bytes/],
    [['import', 'client.kanal', 'good.csv', '--map', 'Emial=email'], /^--map: good\.csv has no column "Emial"\. It has "email", "name"\. Did you mean email\?/],
    [['import', 'client.kanal', 'good.csv', '--existing', 'nam=keep'], /^--existing: good\.csv has no column "nam"/],
    [['import', 'client.kanal', 'good.csv', '--match', 'external_id'], /^No column of good\.csv is known as external_id/],
    [['event', 'client.kanal', 'events.json'], /^events\.json is one JSON list/],
    [['contacts', 'client.kanal', '--rule', 'rule.json'], /^rule\.json is not a rule: kind: /],
    [['contacts', 'client.kanal', '--segment', 'nope'], /^--segment: This workspace has no segments yet/],
    [['segment', 'remove', 'client.kanal', 'Nope'], /^SEGMENT: This workspace has no segments yet/],
    [['contact', 'client.kanal', 'nobody@x.dk'], /^EMAIL: There is no contact with the address nobody@x\.dk\./],
    [['export', 'client.kanal', 'out.csv', '--columns', 'nope'], /^There is no column nope to export/],
    [['attributes', 'client.kanal', '--remove', 'nope'], /^There is no attribute nope/],
  ];
  test.each(cases)('kanal %j', (words, err) => expect(kanal(...words)).toMatchObject({ code: 1, err: expect.stringMatching(err) as unknown }));
});

test('nothing is written over a workspace', () => {
  const whole = readFileSync(join(folder, 'client.kanal'));
  writeFileSync(join(folder, 'bad.csv'), 'email\nnobody\n');
  for (const words of [['export', 'client.kanal', 'client.kanal'], ['export', 'client.kanal', 'new.kanal'], ['import', 'client.kanal', 'bad.csv', '--rejects', 'client.kanal']]) {
    expect(kanal(...words)).toMatchObject({ code: 1, err: expect.stringMatching(/\.kanal is where a workspace is kept\. Choose another name/) as unknown });
  }
  expect(existsSync(join(folder, 'new.kanal'))).toBe(false);
  expect(readFileSync(join(folder, 'client.kanal')).subarray(0, 15)).toEqual(whole.subarray(0, 15));
});

describe('--json', () => {
  test('one document, and it is the result', () => {
    const { code, out, err } = kanal('check', 'client.kanal', '--json');
    expect([code, err, JSON.parse(out)]).toEqual([0, '', { file: join(folder, 'client.kanal'), ok: true }]);
  });
  test('problems are a document too', () => {
    const { code, out, err } = kanal('check', 'missing.kanal', '--json');
    expect([code, err]).toEqual([1, '']);
    expect(JSON.parse(out)).toMatchObject({
      problems: [
        {
          code: 'file-missing',
          severity: 'error',
          message: expect.stringContaining('There is no file') as unknown,
          place: { file: join(folder, 'missing.kanal') },
        },
      ],
    });
  });
  test('wrong usage as well', () => expect(JSON.parse(kanal('frob', '--json').out)).toMatchObject({ problems: [{ code: 'usage' }] }));
});

test('backup and restore', () => {
  expect(kanal('backup', 'client.kanal', 'copy.kanal')).toMatchObject({ code: 0, out: `Backup: ${join(folder, 'copy.kanal')}\n` });
  expect(kanal('backup', 'client.kanal', 'copy.kanal').code).toBe(1);
  const { file } = JSON.parse(kanal('backup', 'client.kanal', '--json').out) as { file: string };
  expect(file.startsWith(join(folder, 'data', 'backups', 'client-'))).toBe(true);
  expect(kanal('restore', 'again.kanal', 'copy.kanal')).toMatchObject({ code: 0 });
  expect(kanal('check', 'again.kanal').code).toBe(0);
  expect(kanal('restore', 'client.kanal', 'copy.kanal')).toMatchObject({ code: 1 });
  writeFileSync(join(folder, 'letter.txt'), 'Dear Ada');
  expect(kanal('restore', 'new.kanal', 'letter.txt')).toMatchObject({
    code: 1,
    err: expect.stringContaining('letter.txt is not a Kanal workspace') as unknown,
  });
  expect(existsSync(join(folder, 'new.kanal'))).toBe(false);
  expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
});

test('a reader that stops early is no error', async () => {
  const child = spawn(process.execPath, [commandLine, 'help'], {
    env: environment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.destroy();
  const [code] = (await once(child, 'exit')) as [number];
  expect(code).toBe(0);
});

test('serve: answers at its address until it is told to stop, then lets go of the workspace', async () => {
  const child = spawn(process.execPath, [commandLine, 'serve', 'client.kanal', '--json', '--virtual-clock'], {
    cwd: folder,
    env: environment(),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
  const url = new URL((JSON.parse(line) as { url: string }).url);
  const answer = await fetch(`${url.origin}/call`, {
    method: 'POST',
    headers: { authorization: `Bearer ${url.hash.replace('#token=', '')}`, 'content-type': 'application/json' },
    body: JSON.stringify({ method: 'workspace.current', input: {} }),
  });
  expect((await answer.json()) as Answer).toMatchObject({ value: { name: 'Søn & Co', virtualNow: expect.any(Number) as unknown } });
  expect(kanal('flow', 'list', 'client.kanal')).toMatchObject({ code: 1, err: expect.stringContaining(`process ${child.pid}`) as unknown });
  child.kill('SIGTERM');
  const [code] = (await once(child, 'exit')) as [number];
  expect(code).toBe(0);
  expect(kanal('flow', 'list', 'client.kanal').code).toBe(0);
});
