// Puts the people of an imported file into a fixed segment: everybody whom its rows are about, also those whom the import has
// left as they were. A pass over the file of its own, once the import is done; repeated, it changes nothing.
import type { ImportPlan } from '../../shared/contacts/import-plan.ts';
import { keyFromName } from '../../shared/contacts/header-names.ts';
import { refuse } from '../../shared/problem.ts';
import { say } from '../../shared/text.ts';
import { sliceTransaction } from '../store/database.ts';
import { addToSegmentFor, membersOf, removeFromSegmentFor, saveSegment, segmentsOf } from '../store/segments.ts';
import { turn } from '../turns.ts';
import type { Workspace } from '../workspace.ts';
import { createMatcher } from './matching.ts';
import type { PreparedImport } from './prepare.ts';
import { createRowReader } from './row-reader.ts';
import { recordsOf } from './survey.ts';

const AT_ONCE = 250;

type Target = NonNullable<ImportPlan['segment']>;

/** The plan with the key of its segment, made from the name where it is a new one. Refuses a segment that follows a rule, and one that is gone. */
export function withSegment(workspace: Workspace, plan: ImportPlan): { plan: ImportPlan; isNew: boolean } {
  const { segment } = plan;
  if (segment === null) return { plan, isNew: false };
  const all = segmentsOf(workspace);
  const known = segment.key === null ? [...all.values()].find(({ name }) => name === segment.name) : all.get(segment.key);
  if (known?.rule === null) return { plan: { ...plan, segment: { ...segment, key: known.key, name: known.name } }, isNew: false };
  if (known !== undefined) refuse('segment-dynamic', say('“{segment}” is whoever meets its rule, so nobody can be put in or taken out. Change its rule, or use a fixed segment.', { segment: known.name }), { field: 'segment' });
  if (segment.key !== null) refuse('segment-unknown', say('There is no segment {segment}. Choose another one.', { segment: segment.key }), { field: 'segment' });
  return { plan: { ...plan, segment: { ...segment, key: keyFromName(segment.name, 1, new Set(all.keys())) } }, isNew: true };
}

/** Makes the segment of a plan if it is not there yet. */
export function makeSegment(workspace: Workspace, { key, name }: Target): void {
  if (key !== null && !segmentsOf(workspace).has(key)) saveSegment(workspace, { key, name, rule: null });
}

/**
 * Puts everybody in whose row is taken; `replace` then takes everybody else out, but for those whom a rejected row names: they stay
 * as they are until it is mended. False: told to stop, and nobody was taken out.
 */
export async function fillSegment(workspace: Workspace, prepared: PreparedImport, importId: number, goOn: () => boolean): Promise<boolean> {
  const { plan, attributes, file, hasSeparatorLine } = prepared;
  const { segment } = plan;
  if (segment === null || segment.key === null) return true;
  const { key, mode } = segment;
  makeSegment(workspace, segment);
  const cause = { source: 'import', importId };
  const reader = createRowReader(plan, attributes, prepared.reading);
  const lookUp = createMatcher({ workspace, plan, attributes, columns: attributes.map(({ column }) => column), channels: [], withTags: false, ours: new Set(), dryRun: false });
  const found = new Set<number>();
  const rejected = new Set<number>();
  for await (const records of recordsOf(file, plan.reading, hasSeparatorLine)) {
    for (let at = 0; at < records.length; at += AT_ONCE) {
      if (!goOn()) return false;
      const all = records.slice(at, at + AT_ONCE).map((record) => reader.read(record));
      const rows = all.filter(({ reasons }) => reasons.length === 0);
      const faulty = mode === 'append' ? [] : all.filter(({ reasons, keys }) => reasons.length > 0 && keys.length > 0).map((row) => ({ ...row, reasons: [] }));
      const matches = lookUp([...rows, ...faulty]);
      for (const row of faulty) {
        const match = matches.find(row);
        if ('known' in match && match.known !== undefined) rejected.add(match.known.id);
      }
      const fresh: { contactId: number }[] = [];
      for (const row of rows) {
        const match = matches.find(row);
        if ('reason' in match || match.known === undefined || found.has(match.known.id)) continue;
        found.add(match.known.id);
        fresh.push({ contactId: match.known.id });
      }
      if (fresh.length > 0) sliceTransaction(workspace, () => void addToSegmentFor(workspace, fresh, key, cause));
      await turn();
    }
  }
  const others = mode === 'replace' ? membersOf(workspace, key).filter((id) => !found.has(id) && !rejected.has(id)) : [];
  for (let at = 0; at < others.length && goOn(); at += AT_ONCE) {
    const slice = others.slice(at, at + AT_ONCE).map((contactId) => ({ contactId }));
    sliceTransaction(workspace, () => void removeFromSegmentFor(workspace, slice, key, cause));
    await turn();
  }
  return true;
}
