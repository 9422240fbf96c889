// Carries out an import: a survey of the whole file, then its rows in slices of some ten milliseconds, each in a transaction of
// its own on the one connection that writes, with other calls answered in between. What a slice has written stays; the same
// file imported again finds it done, so an import that was broken off is finished by repeating it.
import { consentSubject, type ConsentSubject } from '../../shared/contacts/contact.ts';
import type { ImportCounts } from '../../shared/contacts/import-plan.ts';
import { say, type Text } from '../../shared/text.ts';
import { addAttribute } from '../store/attributes.ts';
import { transaction } from '../store/database.ts';
import { importWriter, knownAmong, type RowChange } from '../store/import-writer.ts';
import { brokenOffImports, noCounts, setImportCounts, setImportHash, sliceTransaction, storedAttributes } from '../store/imports.ts';
import { anySuppressions, suppressedAmong } from '../store/suppressions.ts';
import type { Workspace } from '../workspace.ts';
import type { Batch } from './batches.ts';
import { decide, decidingFor, type Decision, type KnownContact } from './decide.ts';
import { createMatcher } from './matching.ts';
import type { PreparedImport } from './prepare.ts';
import { detached } from './records.ts';
import type { RejectsFile } from './rejects.ts';
import { reasonText, type ImportRow } from './row-reader.ts';
import { openRows, type Checked, type RowSource } from './row-source.ts';

const REPEATED = say('Another row of the file is about the same person, and that one is taken.');
const LEFT_ALONE = say('The contact is there already, and the plan leaves those as they are.');
const SUPPRESSED = say('The address is suppressed: nothing may be sent to it, so no contact is made.');
/** A transaction has a cost of its own, as much as some dozen rows: fewer than these would mostly be that. */
const LEAST_ROWS = 250;
const MOST_ROWS = 5000;
const SLICE_MS = 25;

export type ImportRun = {
  workspace: Workspace;
  prepared: PreparedImport;
  /** The import's id; `null`: a dry run, which writes nothing at all. */
  id: number | null;
  rejects: RejectsFile | null;
  /** Asked between slices; false: stop where you are. */
  goOn: () => boolean;
  progress: (counts: ImportCounts, bytesRead: number) => void;
  /** Hears how far the first pass over the file is, in which nothing is written yet. */
  checked?: (checked: Checked) => void;
  /** Hears what becomes of each row, for a preview. */
  observe?: (seen: SeenRow) => void;
};

/** A row and what becomes of it; `known` is the contact as the row leaves it. */
export type SeenRow = { row: ImportRow; known: KnownContact | undefined; reasons: readonly Text[] } & ({ outcome: 'rejected' } | ({ outcome: Decision['outcome'] } & Omit<Decision, 'outcome'>));

/** Answers what was done, and whether it was done to the end. Throws a ProblemError where the file cannot be read to its end. */
export async function runImport(job: ImportRun, source: RowSource = openRows(job.prepared)): Promise<{ counts: ImportCounts; finished: boolean; hash: string }> {
  try {
    return await importFrom(source, job);
  } finally {
    source.close();
  }
}

async function importFrom(source: RowSource, job: ImportRun): Promise<{ counts: ImportCounts; finished: boolean; hash: string }> {
  const { workspace, prepared, id } = job;
  const counts = noCounts();
  const survey = await source.survey((checked) => {
    job.checked?.(checked);
    return job.goOn();
  });
  if (survey === null || !job.goOn()) return { counts, finished: false, hash: '' };
  const { hash } = survey;
  const ours = new Set([...(id === null ? [] : [id]), ...brokenOffImports(workspace, hash)]);
  if (id !== null) {
    transaction(workspace.db, () => {
      setImportHash(workspace, id, hash);
      for (const attribute of prepared.newAttributes) addAttribute(workspace, attribute);
    });
  }
  const doSlice = sliceWork(job, ours, counts);
  let size = LEAST_ROWS;
  // Whoever watches sees each row; and where most are known already, they need not be made ready for adding.
  const watched = id === null || job.observe !== undefined;
  let mostKnown = false;
  for (;;) {
    const batch = await source.next(size, watched || mostKnown);
    if (!job.goOn()) return { counts, finished: false, hash };
    if (batch === null) return { counts, finished: true, hash };
    const known = new Map<number, ImportRow>();
    const rows = JSON.parse(batch.judged) as ImportRow[];
    const addedBefore = counts.added;
    for (;;) {
      const began = performance.now();
      const missing = doSlice(batch, rows, known);
      if (missing.length === 0) {
        size = nextSize(size, batch.newcomers.count + rows.length, performance.now() - began);
        break;
      }
      const found = await source.rowsOf(batch.number, missing);
      missing.forEach((place, index) => known.set(place, found[index]!));
      if (!job.goOn()) return { counts, finished: false, hash };
    }
    mostKnown = counts.added - addedBefore < (batch.newcomers.count + rows.length) / 2;
    job.progress(counts, batch.bytesRead);
  }
}

/** So many rows that a slice takes about `SLICE_MS`; never more than doubled at once, because the first slices are slow. */
function nextSize(size: number, rows: number, took: number): number {
  const fitting = Math.round((rows * SLICE_MS) / Math.max(took, 0.5));
  return Math.max(LEAST_ROWS, Math.min(MOST_ROWS, size * 2, fitting));
}

/**
 * Makes the function that does one slice: a batch and its counts in one transaction, or nothing. It answers the newcomers who
 * turn out to be known, or suppressed, and whose rows it has not got (`known`): then it has done nothing, and wants to be called
 * again with them.
 */
function sliceWork({ workspace, prepared, id, rejects, observe }: ImportRun, ours: ReadonlySet<number>, counts: ImportCounts): (batch: Batch, rows: readonly ImportRow[], known: ReadonlyMap<number, ImportRow>) => number[] {
  const { plan, attributes, fileName, columnChannels } = prepared;
  const stored = storedAttributes(workspace, attributes.map(({ key }) => key));
  // In a dry run the new attributes are not there yet: nobody has a value of them.
  const present = new Set(stored.map(({ key }) => key));
  const columns = attributes.map(({ key, column }) => (present.has(key) ? column : null));
  const channels: ConsentSubject[] = [...new Set([...columnChannels, ...(plan.consent === null ? [] : [consentSubject(plan.consent.channel, plan.consent.topic)])])];
  const withTags = plan.tags.length > 0 || plan.columns.some(({ target }) => target.kind === 'tags');
  const writer = id === null ? null : importWriter(workspace, id, fileName, stored);
  const deciding = decidingFor(prepared);
  const lookUp = createMatcher({ workspace, plan, attributes, columns, channels, withTags, ours, dryRun: id === null });
  /** Whose first row has been taken already, where only that one is to be. */
  const taken = new Set<string>();
  const isPassedOver = ({ identity, line, among }: ImportRow): boolean => {
    if (identity === null || plan.duplicates === 'merge' || !among.shared.includes(identity)) return false;
    if (plan.duplicates === 'last') return among.lastLine > line;
    if (taken.has(identity)) return true;
    taken.add(detached(identity));
    return false;
  };

  const carryOut = (decision: Decision, known: KnownContact | undefined): KnownContact | undefined => {
    if (decision.outcome === 'skipped' || decision.outcome === 'unchanged') return known;
    const after = known ?? newContact(decision, attributes);
    const change: RowChange = { contactId: known?.id ?? null, values: after.values, changes: decision.changes, tags: decision.tags, consents: decision.consents };
    if (writer !== null) after.id = writer.write(change);
    return after;
  };

  const judge = (rows: readonly ImportRow[], rejected: ImportRow[]): void => {
    const matches = lookUp(rows);
    for (const row of rows) {
      counts.rows++;
      const match = row.reasons.length > 0 ? { reason: null } : matches.find(row);
      if ('reason' in match) {
        if (match.reason !== null) row.reasons.push(match.reason);
        counts.rejected++;
        rejected.push(row);
        observe?.({ row, known: undefined, reasons: row.reasons, outcome: 'rejected' });
        continue;
      }
      if (isPassedOver(row)) {
        counts.skipped++;
        observe?.({ row, known: match.known, reasons: [REPEATED], outcome: 'skipped', changes: [], tags: [], consents: [], held: false });
        continue;
      }
      const decision = decide(row, match.known, match.suppressed, deciding);
      counts[decision.outcome]++;
      if (decision.held) counts.suppressed++;
      const after = carryOut(decision, match.known);
      observe?.({ row, known: after, reasons: decision.outcome !== 'skipped' ? [] : [decision.held ? SUPPRESSED : LEFT_ALONE], ...decision });
      if (after !== undefined) matches.note(row, after);
    }
  };

  return ({ newcomers }, rows, known) => {
    const before = { ...counts };
    const rejected: ImportRow[] = [];
    let missing: number[] = [];
    const work = (): void => {
      const notNew = newcomers.count === 0 ? new Set<number>() : notNewAmong(workspace, newcomers.emails);
      missing = [...notNew].filter((place) => !known.has(place));
      if (missing.length > 0) return;
      const added = newcomers.count - notNew.size;
      writer?.add(newcomers, notNew);
      counts.rows += added;
      counts.added += added;
      judge(notNew.size === 0 ? rows : [...rows, ...[...notNew].map((place) => known.get(place)!)].sort((one, other) => one.line - other.line), rejected);
      writer?.flush();
      if (id !== null) setImportCounts(workspace, id, counts);
    };
    try {
      if (id === null) work();
      else sliceTransaction(workspace, work);
    } catch (error) {
      Object.assign(counts, before);
      throw error;
    }
    for (const { line, raw, reasons } of rejected) rejects?.add(line, raw, reasonText(reasons));
    return missing;
  };
}

/** The places of those who are there already, or to whom nothing may be sent. */
function notNewAmong(workspace: Workspace, emails: string): Set<number> {
  const places = new Set(knownAmong(workspace, emails));
  if (!anySuppressions(workspace, 'email')) return places;
  const addresses = JSON.parse(emails) as string[];
  const suppressed = suppressedAmong(workspace, 'email', addresses);
  if (suppressed.size > 0) addresses.forEach((address, place) => suppressed.has(address) && places.add(place));
  return places;
}

function newContact(decision: Decision, attributes: readonly unknown[]): KnownContact {
  const values: (string | number | null)[] = attributes.map(() => null);
  for (const { slot, value } of decision.changes) values[slot] = value;
  return { id: 0, email: null, values, tags: new Set(decision.tags), consents: new Map(decision.consents.map(({ channel, given }) => [channel, given ? 'given' : 'withdrawn'])), ours: true };
}
