// Carries out an import: a survey of the whole file, then its rows in slices of some ten milliseconds, each in a transaction of
// its own on the one connection that writes, with other calls answered in between. What a slice has written stays; the same
// file imported again finds it done, so an import that was broken off is finished by repeating it.
import type { Channel } from '../../shared/contacts/contact.ts';
import type { ImportCounts } from '../../shared/contacts/import-plan.ts';
import { say, type Text } from '../../shared/text.ts';
import { addAttribute } from '../store/attributes.ts';
import { transaction } from '../store/database.ts';
import { brokenOffImports, importWriter, noCounts, setImportCounts, setImportHash, sliceTransaction, storedAttributes, type RowChange } from '../store/imports.ts';
import type { Workspace } from '../workspace.ts';
import { decide, type Deciding, type Decision, type KnownContact } from './decide.ts';
import { createMatcher } from './matching.ts';
import type { PreparedImport } from './prepare.ts';
import { detached, type CsvRecord } from './records.ts';
import type { RejectsFile } from './rejects.ts';
import { createRowReader, reasonText, type ImportRow } from './row-reader.ts';
import { recordsOf, surveyFile, turn, type Survey } from './survey.ts';

const REPEATED = say('Another row of the file is about the same person, and that one is taken.');
const LEFT_ALONE = say('The contact is there already, and the plan leaves those as they are.');
const SUPPRESSED = say('The address is suppressed: nothing may be sent to it, so no contact is made.');
/** A transaction has a cost of its own, as much as some dozen rows: fewer than these would mostly be that. */
const LEAST_ROWS = 250;
const MOST_ROWS = 1000;
const SLICE_MS = 20;

export type ImportRun = {
  workspace: Workspace;
  prepared: PreparedImport;
  /** The import's id; `null`: a dry run, which writes nothing at all. */
  id: number | null;
  rejects: RejectsFile | null;
  /** Asked between slices; false: stop where you are. */
  goOn: () => boolean;
  progress: (counts: ImportCounts, bytesRead: number) => void;
  /** Hears what becomes of each row, for a preview. */
  observe?: (seen: SeenRow) => void;
};

/** A row and what becomes of it; `known` is the contact as the row leaves it. */
export type SeenRow = { row: ImportRow; known: KnownContact | undefined; reasons: readonly Text[] } & ({ outcome: 'rejected' } | ({ outcome: Decision['outcome'] } & Omit<Decision, 'outcome'>));

/** Answers what was done, and whether it was done to the end. Throws a ProblemError where the file cannot be read to its end. */
export async function runImport(job: ImportRun): Promise<{ counts: ImportCounts; finished: boolean; hash: string }> {
  const { workspace, prepared, id } = job;
  const { file, bytes, plan, hasSeparatorLine } = prepared;
  const counts = noCounts();
  const reader = createRowReader(plan, prepared.attributes, prepared.reading);
  const survey = await surveyFile(file, bytes, plan.reading, hasSeparatorLine, reader, job.goOn);
  if (survey === null || !job.goOn()) return { counts, finished: false, hash: '' };
  const { hash } = survey;
  const ours = new Set([...(id === null ? [] : [id]), ...brokenOffImports(workspace, hash)]);
  if (id !== null) {
    transaction(workspace.db, () => {
      setImportHash(workspace, id, hash);
      for (const attribute of prepared.newAttributes) addAttribute(workspace, attribute);
    });
  }
  const slices = sliceWork(job, survey, ours, counts);
  let size = LEAST_ROWS;
  let bytesRead = 0;
  let waiting: CsvRecord[] = [];
  /** Does slices of the waiting rows as long as at least `least` of them are there; answers false when it was told to stop. */
  const workOff = async (least: number): Promise<boolean> => {
    while (waiting.length >= least && waiting.length > 0) {
      if (!job.goOn()) return false;
      const slice = waiting.slice(0, size);
      const began = performance.now();
      slices(slice.map((record) => ({ record, row: reader.read(record) })));
      waiting = waiting.slice(slice.length);
      size = nextSize(size, slice.length, performance.now() - began);
      job.progress(counts, bytesRead);
      await turn();
    }
    return job.goOn();
  };
  for await (const records of recordsOf(file, plan.reading, hasSeparatorLine, (piece) => (bytesRead += piece.length))) {
    waiting = waiting.length === 0 ? records : waiting.concat(records);
    if (!(await workOff(size))) return { counts, finished: false, hash };
  }
  return { counts, finished: await workOff(1), hash };
}

/** So many rows that a slice takes about `SLICE_MS`; never more than doubled at once, because the first slices are slow. */
function nextSize(size: number, rows: number, took: number): number {
  const fitting = Math.round((rows * SLICE_MS) / Math.max(took, 0.5));
  return Math.max(LEAST_ROWS, Math.min(MOST_ROWS, size * 2, fitting));
}

type Taken = { record: CsvRecord; row: ImportRow };

/** Makes the function that does one slice of rows: all of it and its counts in one transaction, or nothing. */
function sliceWork({ workspace, prepared, id, rejects, observe }: ImportRun, survey: Survey, ours: ReadonlySet<number>, counts: ImportCounts): (slice: Taken[]) => void {
  const { plan, attributes, fileName, columnChannels } = prepared;
  const stored = storedAttributes(workspace, attributes.map(({ key }) => key));
  // In a dry run the new attributes are not there yet: nobody has a value of them.
  const present = new Set(stored.map(({ key }) => key));
  const columns = attributes.map(({ key, column }) => (present.has(key) ? column : null));
  const channels: Channel[] = [...new Set([...columnChannels, ...(plan.consent === null ? [] : [plan.consent.channel])])];
  const withTags = plan.tags.length > 0 || plan.columns.some(({ target }) => target.kind === 'tags');
  const writer = id === null ? null : importWriter(workspace, id, fileName, stored);
  const deciding: Deciding = {
    plan,
    kinds: attributes.map(({ kind }) => kind),
    rules: attributes.map(({ existing }) => existing),
    zone: prepared.reading.zone,
    fileName,
    columnChannels,
    overruled: plan.duplicates === 'merge' ? survey.overruled : () => false,
  };
  const lookUp = createMatcher({ workspace, plan, attributes, columns, channels, withTags, ours, dryRun: id === null, isRepeated: survey.isRepeated });
  /** Whose first row has been taken already, where only that one is to be. */
  const taken = new Set<string>();
  const isPassedOver = ({ identity, line }: ImportRow): boolean => {
    if (identity === null || plan.duplicates === 'merge' || !survey.isRepeated(identity)) return false;
    if (plan.duplicates === 'last') return survey.lastLine(identity) > line;
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

  return (slice) => {
    const before = { ...counts };
    const rejected: { line: number; cells: string[]; reason: string }[] = [];
    const work = (): void => {
      const matches = lookUp(slice.map(({ row }) => row));
      for (const { record, row } of slice) {
        counts.rows++;
        const match = row.reasons.length > 0 ? { reason: null } : matches.find(row);
        if ('reason' in match) {
          if (match.reason !== null) row.reasons.push(match.reason);
          counts.rejected++;
          rejected.push({ line: row.line, cells: record.cells, reason: reasonText(row.reasons) });
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
    for (const { line, cells, reason } of rejected) rejects?.add(line, cells, reason);
  };
}

function newContact(decision: Decision, attributes: readonly unknown[]): KnownContact {
  const values: (string | number | null)[] = attributes.map(() => null);
  for (const { slot, value } of decision.changes) values[slot] = value;
  return { id: 0, email: null, values, tags: new Set(decision.tags), consents: new Map(decision.consents.map(({ channel, given }) => [channel, given ? 'given' : 'withdrawn'])), ours: true };
}
