// Calls about who is in segments: into and out of fixed sets, by hand, by rule and by lists of addresses; who has come and gone.
import { resolve } from 'node:path';
import { refuse } from '../../shared/problem.ts';
import { say } from '../../shared/text.ts';
import type { Handlers } from '../dispatch.ts';
import { addressesInFile, addressesInText } from '../imports/addresses-in-text.ts';
import { readersOf } from '../readers/readers.ts';
import { putIn, takeOut } from '../runner/filling.ts';
import { getContacts, refuseUnknownContact } from '../store/contacts.ts';
import { contactsByEmail, segmentChanges } from '../store/segment-changes.ts';
import { segmentsOf } from '../store/segments.ts';
import { readSettings } from '../store/settings.ts';
import { turn } from '../turns.ts';
import type { Workspace } from '../workspace.ts';

/** How many addresses that nobody has are named. */
const NAMED = 100;
const LOOKED_UP_AT_ONCE = 2000;

export function segmentMemberHandlers(workspace: Workspace): Pick<Handlers, 'segments.members' | 'segments.fill' | 'segments.changes'> {
  function known(key: string): void {
    if (!segmentsOf(workspace).has(key)) refuse('segment-unknown', say('There is no segment {segment}. Choose another one.', { segment: key }), { field: 'key' });
  }

  function changed(): void {
    workspace.changed('segments', 'contacts', 'flows');
    workspace.wake();
  }

  return {
    async 'segments.members'({ key, add, addRule, remove }) {
      known(key);
      const named = getContacts(workspace, [...add, ...remove]);
      for (const id of [...add, ...remove]) if (!named.has(id)) refuseUnknownContact(id);
      const chosen = addRule === null ? [] : await readersOf(workspace).read('ids', { rule: addRule });
      const added = await putIn(workspace, key, [...add, ...chosen]);
      const removed = await takeOut(workspace, key, remove);
      changed();
      return { added, removed };
    },
    async 'segments.fill'({ key, text, file, mode }) {
      known(key);
      if ((text === null) === (file === null)) refuse('fill-source', say('Give either a text with addresses, or a file.'), { field: 'text' });
      const { addresses, wrong } = file === null ? addressesInText(text!) : await addressesInFile(resolve(file), readSettings(workspace).locale);
      // An empty list that replaces everybody is more likely the wrong file.
      if (addresses.size === 0) refuse('no-addresses', say('There are no e-mail addresses in it. Nothing was changed.'), { field: file === null ? 'text' : 'file' });
      const { ids, unknown } = await lookUp(workspace, [...addresses]);
      if (mode === 'replace' && ids.length === 0) refuse('nobody-known', say('Nobody with one of these addresses is a contact. Nothing was changed; import them first.'), { field: file === null ? 'text' : 'file' });
      const added = await putIn(workspace, key, ids);
      const stay = new Set(ids);
      const others = mode === 'append' ? [] : [...(await readersOf(workspace).read('ids', { rule: { kind: 'segment', segment: key, member: true } }))].filter((id) => !stay.has(id));
      const removed = await takeOut(workspace, key, others);
      changed();
      const nobodys = [...unknown, ...wrong];
      return { found: addresses.size, added, removed, unknown: nobodys.slice(0, NAMED), unknownCount: nobodys.length };
    },
    'segments.changes': ({ key, before, limit }) => {
      known(key);
      return segmentChanges(workspace, key, before, limit);
    },
  };
}

async function lookUp(workspace: Workspace, addresses: readonly string[]): Promise<{ ids: number[]; unknown: string[] }> {
  const ids: number[] = [];
  const unknown: string[] = [];
  for (let at = 0; at < addresses.length; at += LOOKED_UP_AT_ONCE) {
    if (at > 0) await turn();
    const part = addresses.slice(at, at + LOOKED_UP_AT_ONCE);
    const found = contactsByEmail(workspace, part);
    for (const address of part) {
      const id = found.get(address);
      if (id === undefined) unknown.push(address);
      else ids.push(id);
    }
  }
  return { ids, unknown };
}
