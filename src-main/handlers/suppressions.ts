// Calls about addresses and domains that are never written to.
import { resolve } from 'node:path';
import { countryOf } from '../../shared/contacts/address.ts';
import { blockedAddress } from '../../shared/contacts/blocked-address.ts';
import { ProblemError, problem, refuse } from '../../shared/problem.ts';
import { say } from '../../shared/text.ts';
import type { Handlers } from '../dispatch.ts';
import { exportBlockList, importBlockList } from '../privacy/block-list.ts';
import { transaction } from '../store/database.ts';
import { recordAudit } from '../store/runner-state.ts';
import { readSettings } from '../store/settings.ts';
import { addSuppression, getSuppression, listSuppressions, removeSuppression } from '../store/suppressions.ts';
import type { Workspace } from '../workspace.ts';

type Calls = Pick<Handlers, 'suppressions.list' | 'suppressions.add' | 'suppressions.remove' | 'suppressions.importFile' | 'suppressions.exportFile' | 'contacts.suppress'>;

/** Reasons that a person may overrule only knowingly: who complains of spam, or asked to be forgotten, meant it. */
const TO_CONFIRM = new Set(['complaint', 'erased']);

export function suppressionHandlers(workspace: Workspace): Calls {
  const changed = () => {
    workspace.changed('contacts');
    workspace.wake();
  };
  const country = () => countryOf(readSettings(workspace).locale);
  return {
    'suppressions.list': ({ search, offset, limit }) => listSuppressions(workspace, search, offset, limit),
    'suppressions.add': ({ addresses, reason }) => {
      const answer: { added: number; known: number; refused: { address: string; reason: ReturnType<typeof say> }[] } = { added: 0, known: 0, refused: [] };
      const from = country();
      transaction(workspace.db, () => {
        for (const given of addresses.filter((each) => each.trim() !== '')) {
          const read = blockedAddress(given, from);
          if ('reason' in read) answer.refused.push({ address: given.slice(0, 100), reason: read.reason });
          else if (addSuppression(workspace, { ...read, reason, source: 'user' })) answer.added++;
          else answer.known++;
        }
      });
      if (answer.added > 0) changed();
      return answer;
    },
    'contacts.suppress': ({ address, reason }) => {
      const read = blockedAddress(address, country());
      if ('reason' in read) throw new ProblemError(problem('address-invalid', read.reason, { field: 'address' }));
      addSuppression(workspace, { ...read, reason, source: 'user' });
      changed();
      return null;
    },
    'suppressions.remove': ({ id, reason, confirmed }) => {
      const found = getSuppression(workspace, id);
      if (found === undefined) refuse('suppression-unknown', say('There is no suppression number {id}. It may have been taken off the list.', { id: String(id) }));
      if (TO_CONFIRM.has(found.reason) && !confirmed) {
        refuse('suppression-confirm', found.reason === 'complaint' ? say('{address} has complained of spam. Writing there again harms you with every mail provider; confirm it if you must.', { address: found.address ?? '' }) : say('The person behind this was erased, and asked to be forgotten. Confirm it if they have come back to you of their own accord.'), { field: 'confirmed' });
      }
      transaction(workspace.db, () => {
        removeSuppression(workspace, id, 'user');
        recordAudit(workspace, 'user', 'suppression-removed', { channel: found.channel, address: found.address, was: found.reason, reason });
      });
      changed();
      return null;
    },
    'suppressions.importFile': async ({ file, reason }) => {
      const answer = await importBlockList(workspace, resolve(file), reason, country());
      if (answer.added > 0) changed();
      return answer;
    },
    'suppressions.exportFile': async ({ file }) => exportBlockList(workspace, resolve(file)),
  };
}
