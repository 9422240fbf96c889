// Lists of those never to be written to: addresses and domains, by hand and by file, checked at the instant of sending (FEATURES A5.15, A15.8).
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { addSuppression, suppressedAmong } from '../../src-main/store/suppressions.ts';
import { holdTurns } from '../../src-main/turns.ts';
import { stage, threeMails, type Stage } from './backend-stage.ts';

let s: Stage;
beforeEach(async () => {
  s = stage();
  await s.call('workspace.create', { name: 'Shop', file: join(s.folder, 'shop.kanal'), timeZone: 'UTC', locale: 'da-DK', sample: false });
});
afterEach(() => s.end());

const listed = async (search = '') => (await s.call('suppressions.list', { search })).rows.map(({ kind, address, reason }) => `${kind} ${address} ${reason}`);
const fileOf = (name: string, text: string) => {
  const file = join(s.folder, name);
  writeFileSync(file, text);
  return file;
};

test.each([
  ['ada@x.dk', 'ada@x.dk', true],
  ['ada@x.dk', 'bo@x.dk', false],
  ['@x.dk', 'bo@x.dk', true],
  ['@x.dk', 'bo@sub.x.dk', false],
  ['@x.dk', 'bo@notx.dk', false],
])('%s on the list holds back %s: %s', (suppressed, address, isHeld) => {
  addSuppression(s.workspace(), { channel: 'email', address: suppressed, reason: 'user', source: 'test' });
  expect(suppressedAmong(s.workspace(), 'email', [address, 'zoe@other.dk'])).toEqual(new Set(isHeld ? [address] : []));
});

test('a domain is checked in the claiming transaction, and contacts of it show as suppressed', async () => {
  const flow = await threeMails(s);
  const spy = (await s.call('contacts.add', { values: { email: 'spy@rival.dk' } })).id;
  const ada = (await s.call('contacts.add', { values: { email: 'ada@x.dk' } })).id;
  await s.call('suppressions.add', { addresses: ['*@Rival.dk'], reason: 'competitor' });
  await s.call('flows.enroll', { flow, contacts: [spy, ada] });
  await s.pass(1);
  expect(s.mails()).toEqual(['ada@x.dk: one']);
  expect((await s.call('outbox.list', { contact: spy }))[0]).toMatchObject({ state: 'cancelled', reason: 'suppressed' });
  expect((await s.call('contacts.list', { search: 'spy' })).rows[0]).toMatchObject({ suppressed: true });
  expect((await s.call('contacts.get', { id: spy })).suppressions).toMatchObject([{ reason: 'competitor', domain: 'rival.dk' }]);
});

describe('by hand', () => {
  test('addresses, numbers and domains are taken; what is none of these comes back', async () => {
    const answer = await s.call('suppressions.add', { addresses: ['Ada@X.dk', '20 12 34 56', '@rival.dk', 'nonsense', 'ada@x.dk', ' '], reason: 'asked by phone' });
    expect(answer).toMatchObject({ added: 3, known: 1, refused: [{ address: 'nonsense' }] });
    expect(await listed()).toEqual(['domain *@rival.dk asked by phone', 'address +4520123456 asked by phone', 'address ada@x.dk asked by phone']);
    expect(await listed('bo@rival.dk')).toEqual(['domain *@rival.dk asked by phone']);
    expect(await listed('phone')).toHaveLength(3);
    await s.call('suppressions.add', { addresses: ['bo@y.dk'], reason: 'Århus: ØNSKER INTET' });
    expect(await listed('århus: ønsker')).toHaveLength(1);
  });

  test('taking one off is a decision with a reason in the audit; a complaint needs a second word', async () => {
    await s.call('suppressions.add', { addresses: ['ada@x.dk'], reason: 'user' });
    await s.call('suppressions.add', { addresses: ['bo@x.dk'], reason: 'complaint' });
    const [bo, ada] = (await s.call('suppressions.list', {})).rows;
    await s.call('suppressions.remove', { id: ada!.id, reason: 'a mistake of ours' });
    expect(await s.refusal('suppressions.remove', { id: bo!.id, reason: 'x' })).toBe('suppression-confirm');
    await s.call('suppressions.remove', { id: bo!.id, reason: 'wrote that it was an accident', confirmed: true });
    expect((await s.call('audit.list', {})).filter(({ action }) => action === 'suppression-removed').map(({ details }) => details)).toMatchObject([
      { address: 'bo@x.dk', was: 'complaint', reason: 'wrote that it was an accident' },
      { address: 'ada@x.dk', was: 'user', reason: 'a mistake of ours' },
    ]);
    expect(await s.refusal('suppressions.remove', { id: 99, reason: 'x' })).toBe('suppression-unknown');
  });
});

describe('block lists as files', () => {
  test.each([
    ['plain lines', 'ada@x.dk\r\n*@rival.dk\r\n\r\n# a remark\r\nbo@x.dk', ['address bo@x.dk import', 'domain *@rival.dk import', 'address ada@x.dk import'], 1],
    ['with a header and reasons', 'E-mail;Årsag;Dato\nada@x.dk;complaint;2026-01-01\nbo@x.dk;;\n', ['address bo@x.dk import', 'address ada@x.dk complaint'], 0],
    ['columns without a header', 'Ada,ada@x.dk\nBo,bo@x.dk\n', ['address bo@x.dk import', 'address ada@x.dk import'], 0],
    ['a byte order mark and tabs', '\ufeffname\taddress\nAda\tada@x.dk\n', ['address ada@x.dk import'], 0],
  ])('%s', async (_, text, wanted, refused) => {
    const answer = await s.call('suppressions.importFile', { file: fileOf('block.csv', text) });
    expect(answer).toMatchObject({ added: wanted.length, known: 0 });
    expect(answer.refused).toHaveLength(refused);
    expect(await listed()).toEqual(wanted);
    expect(await s.call('suppressions.importFile', { file: fileOf('block.csv', text) })).toMatchObject({ added: 0, known: wanted.length });
  });

  test('what is written out is read back in as it was, and formulas stay words', async () => {
    await s.call('suppressions.add', { addresses: ['ada@x.dk', '*@rival.dk', '+4520123456'], reason: '=cmd' });
    const file = join(s.folder, 'out.csv');
    expect(await s.call('suppressions.exportFile', { file })).toEqual({ rows: 3 });
    expect(readFileSync(file, 'utf8')).not.toContain(',=cmd');
    const before = (await s.call('suppressions.list', {})).rows.map(({ address }) => String(address)).sort((a, b) => a.localeCompare(b));
    await s.call('workspace.create', { name: 'Other', file: join(s.folder, 'other.kanal'), timeZone: 'UTC', locale: 'da-DK', sample: false });
    await s.call('suppressions.importFile', { file });
    expect((await s.call('suppressions.list', {})).rows.map(({ address }) => String(address)).sort((a, b) => a.localeCompare(b))).toEqual(before);
  });

  test('every line that is no address is counted, also where too many are to be named', async () => {
    const answer = await s.call('suppressions.importFile', { file: fileOf('list.txt', `ada@x.dk\n${'nobody\n'.repeat(1500)}`) });
    expect([answer.added, answer.refusedCount, answer.refused.length]).toEqual([1, 1500, 1000]);
  });

  test('one that is taken off meanwhile leaves no other out', async () => {
    const { db } = s.workspace();
    for (let n = 0; n < 1200; n++) addSuppression(s.workspace(), { channel: 'email', address: `p${n}@x.dk`, reason: 'user', source: 'test' });
    const file = join(s.folder, 'list.csv');
    // It lets others in after each part: here it finds no turn before the second one.
    const { written } = await holdTurns(async () => {
      const begun = s.call('suppressions.exportFile', { file });
      await vi.waitUntil(() => (statSync(`${file}.part`, { throwIfNoEntry: false })?.size ?? 0) > 1000, { timeout: 30_000 });
      for (const address of ['p0@x.dk', 'p1199@x.dk']) db.prepare('DELETE FROM suppressions WHERE address = ?').run(address);
      return { written: begun };
    });
    await written;
    const lines = new Set(readFileSync(file, 'utf8').split('\r\n').map((line) => line.split(',')[0]));
    expect(Array.from({ length: 1198 }, (_, n) => `p${n + 1}@x.dk`).filter((address) => !lines.has(address))).toEqual([]);
  });

  test('a list is not written over a workspace, nor are the hashes of the erased', async () => {
    const file = join(s.folder, 'shop.kanal');
    expect(await s.refusal('suppressions.exportFile', { file })).toBe('over-workspace');
    expect(await s.refusal('erasure.exportHashes', { file })).toBe('over-workspace');
    expect(await s.call('contacts.list', {})).toMatchObject({ total: 0 });
  });

  test('a file that is not there, or holds nothing, is refused in words', async () => {
    expect(await s.refusal('suppressions.importFile', { file: join(s.folder, 'none.csv') })).toBe('file-missing');
    expect(await s.refusal('suppressions.importFile', { file: fileOf('empty.csv', '') })).toBe('file-empty');
  });
});

describe('bounces and complaints that are reported from outside (FAULTS finding 10)', () => {
  test.each([
    ['message_bounced', { kind: 'hard' }, 'bounced'],
    ['message_bounced', { kind: 'soft' }, null],
    ['message_bounced', {}, null],
    ['message_bounced', { kind: 'complaint' }, 'complaint'],
    ['message_complained', {}, 'complaint'],
  ])('%s %o: %s', async (type, data, reason) => {
    await s.call('contacts.add', { values: { email: 'ada@x.dk' } });
    const { recorded } = await s.call('events.record', { events: [{ email: 'ada@x.dk', type, data }] });
    expect(recorded).toBe(1);
    expect(await listed()).toEqual(reason === null ? [] : [`address ada@x.dk ${reason}`]);
  });
});
