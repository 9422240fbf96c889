// Trouble with the workspace file is the user's to mend: every host answers a sentence with a remedy, and logs it (FAULTS F4, F5, F8).
import SQLite from 'better-sqlite3';
import { expect, test } from 'vitest';
import { createDispatch, type Handlers } from '../../src-main/dispatch.ts';
import { LeaseLost } from '../../src-main/store/lease.ts';

const sqlite = (code: string) => new SQLite.SqliteError('what SQLite says', code);

test.each([
  ['a full disk', sqlite('SQLITE_FULL'), 'storage'],
  ['a disk that fails', sqlite('SQLITE_IOERR_WRITE'), 'storage'],
  ['a file that may not be written', sqlite('SQLITE_READONLY'), 'storage'],
  ['another program that holds the file', sqlite('SQLITE_BUSY'), 'storage-busy'],
  ['a damaged file', sqlite('SQLITE_CORRUPT_VTAB'), 'storage-damaged'],
  ['another Kanal that has taken it over', new LeaseLost(1, 2), 'taken-over'],
  ['a broken rule of the file', sqlite('SQLITE_CONSTRAINT_UNIQUE'), null],
  ['an error of Kanal', new Error('what SQLite says'), null],
])('%s', async (_, error, code) => {
  const logged: unknown[] = [];
  const fails = () => Promise.reject(error);
  const answer = await createDispatch({ 'flows.list': fails } as unknown as Handlers, (message, thrown) => logged.push([message, thrown]))('flows.list', {});
  if (code === null) expect(answer).toEqual({ bug: 'what SQLite says' });
  else expect(answer).toMatchObject({ problems: [{ code }] });
  expect(logged).toEqual([['flows.list failed', error]]);
});
