// Whom several ways of a branch are open to: counted in a reader thread; of the few who are named it is found here which ways.
import type { Overlap } from '../../shared/api.ts';
import { overlapRule, type WayRule } from '../../shared/flow/overlap.ts';
import { getContacts } from '../store/contacts.ts';
import { answerForContacts } from '../store/rules.ts';
import type { Workspace } from '../workspace.ts';
import { readersOf } from './readers.ts';

const NAMED = 3;
const NAMES = ['first_name', 'last_name', 'email', 'phone', 'external_id'] as const;

/** How many contacts match more than one of these ways, and some of them. `screen`: its older question is given up. Throws a ProblemError where a rule cannot be asked, or the question was given up. */
export async function overlapOf(workspace: Workspace, ways: readonly WayRule[], screen?: string): Promise<Overlap> {
  const rule = overlapRule(ways);
  if (rule === null) return { count: 0, first: [] };
  const { matching, first } = await readersOf(workspace).read('some', { rule, limit: NAMED }, screen === undefined ? undefined : { screen, question: JSON.stringify(rule) });
  const met = ways.map((way) => ({ id: way.id, who: answerForContacts(workspace, way.rule, first) }));
  const contacts = getContacts(workspace, first);
  return {
    count: matching,
    first: first.flatMap((id) => {
      const values = contacts.get(id)?.values;
      // Between the two questions somebody may have been erased.
      return values === undefined ? [] : [{ id, values: Object.fromEntries(NAMES.map((name) => [name, values[name] ?? null])), ways: met.flatMap(({ id: way, who }) => (who.has(id) ? [way] : [])) }];
    }),
  };
}
