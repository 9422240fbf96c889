// One contract, three hosts: whatever stands between the window and the machine, the same call gets the same answer.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Answer } from '../../shared/api.ts';
import { findBrowser } from '../../src-main/launch/browser.mjs';
import { desktop, inProcess, overHttp, untilTrue, type Reached } from './machines.ts';

const hosts: [string, (folder: string) => Promise<Reached>, boolean][] = [
  ['in this process', inProcess, true],
  ['over HTTP and a WebSocket', overHttp, true],
  ['through the window of the built desktop program', desktop, findBrowser() !== null],
];

const codes = (answer: Answer) => ('problems' in answer ? answer.problems.map(({ code }) => code) : answer);

describe.each(hosts)('%s', (_name, reach, isPossible) => {
  describe.skipIf(!isPossible)('the contract', () => {
    let folder: string;
    let machine: Reached;

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'kanal-contract-'));
      machine = await reach(folder);
      // The program may have to be built first.
    }, 120_000);
    afterAll(async () => {
      await machine.close();
      rmSync(folder, { recursive: true, force: true });
    });

    const value = async (method: string, input: unknown = {}): Promise<unknown> => {
      const answer = await machine.call(method, input);
      if (!('value' in answer)) throw new Error(`${method}: ${JSON.stringify(answer)}`);
      return answer.value;
    };

    test.each([
      ['nobody.knows'],
      ['constructor'],
      ['__proto__'],
      ['toString'],
      ['workspace.create '],
      [''],
      [7],
      [null],
      [{ toString: 1 }],
    ])('the call %j is unknown', async (method) => {
      expect(codes(await machine.call(method, {}))).toEqual(['unknown-call']);
    });

    test.each<[string, unknown]>([
      ['workspace.open', {}],
      ['workspace.open', { file: '' }],
      ['workspace.open', { file: 7 }],
      ['workspace.open', { file: '/x.kanal', more: true }],
      ['workspace.open', 'text'],
      ['workspace.open', [1, 2]],
      ['contacts.list', { limit: 501 }],
      ['contacts.list', { offset: -1 }],
      ['flows.create', { name: 'x'.repeat(201) }],
    ])('%s refuses %j at the gate', async (method, input) => {
      expect(codes(await machine.call(method, input))).toContain('invalid-input');
    });

    test('without a workspace: its own sentence, and what needs none is answered', async () => {
      expect(await value('workspace.current')).toBeNull();
      for (const method of ['settings.get', 'flows.list', 'runner.status', 'attributes.list'])
        expect(codes(await machine.call(method, {})), method).toEqual(['no-workspace']);
      expect(codes(await machine.call('workspace.backup', { file: null }))).toEqual(['no-workspace']);
      expect(await value('workspace.recent')).toMatchObject({ recent: [] });
      expect(codes(await machine.call('workspace.open', { file: join(folder, 'missing.kanal') }))).toEqual(['file-missing']);
    });

    test('make a workspace, write to it, hear of it, read it', async () => {
      const file = join(folder, 'Æbler & pærer.kanal');
      const made = await value('workspace.create', { name: 'Æbler', file, timeZone: 'Europe/Copenhagen', locale: 'da-DK', sample: false });
      expect(made).toEqual({ file, name: 'Æbler', timeZone: 'Europe/Copenhagen', locale: 'da-DK', isSample: false, virtualNow: null });
      expect(await value('workspace.current')).toEqual(made);
      machine.heard.length = 0;
      const { id } = (await value('contacts.add', { values: { email: ' Soeren@Example.COM ', first_name: 'Søren 🥐' } })) as { id: number };
      expect(await value('contacts.get', { id })).toMatchObject({ id, values: { email: 'soeren@example.com', first_name: 'Søren 🥐' } });
      await untilTrue(async () => {
        await machine.call('workspace.current', {});
        return machine.heard.some((event) => event.type === 'changed' && event.topics.includes('contacts'));
      });
      expect(await value('workspace.recent')).toMatchObject({ recent: [{ file, name: 'Æbler', missing: false }] });
    });

    test('input that may be left out may be left out', async () => {
      expect(await value('contacts.list', undefined)).toMatchObject({ total: 1 });
      expect(await value('settings.get', null)).toMatchObject({ currency: 'DKK' });
    });

    test('many calls at once are all answered, each with its own', async () => {
      const names = Array.from({ length: 40 }, (_, n) => `Flow ${n}`);
      const made = (await Promise.all(names.map((name) => value('flows.create', { name })))) as { id: number }[];
      const read = (await Promise.all(made.map(({ id }) => value('flows.get', { flow: id })))) as { draft: { name: string } }[];
      expect(read.map(({ draft }) => draft.name)).toEqual(names);
    });

    test('a large input goes over whole; what is too large is a problem', async () => {
      const text = 'å'.repeat(3_000_000);
      const answer = await machine.call('flows.importFile', { text, fileName: 'large.kanalflow' });
      expect('problems' in answer && answer.problems.length).toBeGreaterThan(0);
    });

    test('real time cannot be moved', async () => {
      expect(codes(await machine.call('clock.advance', { to: Date.now() + 86_400_000 }))).toEqual(['real-clock']);
    });

    test('stopped by the user, it stays stopped when the workspace opens again', async () => {
      const { file } = (await value('workspace.current')) as { file: string };
      await value('runner.stopAll');
      await value('workspace.close');
      await value('workspace.open', { file });
      expect(await value('runner.status')).toMatchObject({ running: false });
      await value('runner.startAll');
      expect(await value('runner.status')).toMatchObject({ running: true });
    });

    test('a second workspace takes the place of the first; one that is refused does not', async () => {
      const { file } = (await value('workspace.current')) as { file: string };
      expect(codes(await machine.call('workspace.open', { file: folder }))).toEqual(['not-a-workspace']);
      expect(await value('workspace.current')).toMatchObject({ file });
      const other = join(folder, 'other.kanal');
      await value('workspace.create', { name: 'Other', file: other, timeZone: null, locale: null, sample: false });
      expect(await value('contacts.list')).toMatchObject({ total: 0 });
      await value('workspace.open', { file });
      expect(await value('contacts.list')).toMatchObject({ total: 1 });
    });

    test('a backup is a workspace', async () => {
      const { file } = (await value('workspace.backup', { file: null })) as { file: string };
      expect(file).toMatch(/by hand\.kanal$/);
      const { file: before } = (await value('workspace.current')) as { file: string };
      await value('workspace.open', { file });
      expect(await value('contacts.list')).toMatchObject({ total: 1 });
      await value('workspace.open', { file: before });
    });

    test('after closing it is as at the beginning', async () => {
      await value('workspace.close');
      expect(await value('workspace.current')).toBeNull();
      expect(codes(await machine.call('flows.list', {}))).toEqual(['no-workspace']);
    });
  });
});
