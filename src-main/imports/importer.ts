// Carries out an import: a survey of the whole file, then its rows in slices of some ten milliseconds, each in a transaction of
// its own on the one connection that writes, with other calls answered in between. What a slice has written stays; the same
// file imported again finds it done, so an import that was broken off is finished by repeating it.
import { consentSubject, type ConsentSubject } from '../../shared/contacts/contact.ts';
import type { ImportCounts } from '../../shared/contacts/import-plan.ts';
import { say, type Text } from '../../shared/text.ts';
import { addAttribute } from '../store/attributes.ts';
import { transaction } from '../store/database.ts';
import type { Staged, StageReader } from '../store/import-stage.ts';
import { importWriter, type RowChange } from '../store/import-writer.ts';
import { addingSlice, brokenOffImports, noCounts, setImportCounts, setImportHash, storedAttributes } from '../store/imports.ts';
import { anySuppressions, erasedAmong, suppressedAmong } from '../store/suppressions.ts';
import { sliceTime, turn } from '../turns.ts';
import type { Workspace } from '../workspace.ts';
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
const ERASED = say('The person was erased, and asked to be forgotten: known by the address, the number or the external ID.');
/** A transaction has a cost of its own, as much as some dozen rows: fewer than these would mostly be that. */
const LEAST_ROWS = 250;
const MOST_ROWS = { staged: 8000, judged: 1000 };
/** So many rows are read at a time: small beside a large file, and large beside what opening them costs. */
const ROWS_OF_BATCH = 8000;

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
    await source.close();
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
  const slices = sliceWork(job, ours, counts);
  const sizes = { staged: LEAST_ROWS, judged: LEAST_ROWS };
  /** When it is our turn, and nobody holds a transaction open. */
  const ourTurn = async (): Promise<void> => {
    do await turn();
    while (workspace.db.inTransaction);
  };
  /** Does a slice in its turn, in a size that fits. */
  const inTurn = async (kind: keyof typeof sizes, rows: number, bytesRead: number, act: () => void): Promise<boolean> => {
    await ourTurn();
    if (!job.goOn()) return false;
    const began = performance.now();
    act();
    sizes[kind] = nextSize(kind, sizes[kind], rows, performance.now() - began);
    job.progress(counts, bytesRead);
    return true;
  };
  const judgeAll = async (rows: readonly ImportRow[], bytesRead: number): Promise<boolean> => {
    for (let from = 0; from < rows.length; ) {
      const slice = rows.slice(from, from + sizes.judged);
      if (!(await inTurn('judged', slice.length, bytesRead, () => slices.judge(slice)))) return false;
      from += slice.length;
    }
    return true;
  };
  // Whoever watches sees each row; and where most are known already, they need not be staged.
  const watched = id === null || job.observe !== undefined;
  let mostKnown = false;
  /** What is still to be judged, in the order of the file: later rows about somebody build on those before. */
  let rows: ImportRow[] = [];
  let bytesRead = 0;
  try {
    for (;;) {
      const batch = await source.next(ROWS_OF_BATCH, watched || mostKnown);
      if (!job.goOn()) return { counts, finished: false, hash };
      if (batch === null) return { counts, finished: await judgeAll(rows, bytesRead), hash };
      const { staged } = batch;
      ({ bytesRead } = batch);
      const notNew: number[] = [];
      await ourTurn();
      slices.open(staged);
      for (let from = 1; from <= staged.count; ) {
        const until = Math.min(from + sizes.staged - 1, staged.count);
        if (!(await inTurn('staged', until - from + 1, bytesRead, () => notNew.push(...slices.add(from, until))))) return { counts, finished: false, hash };
        from = until + 1;
      }
      const judged = JSON.parse(batch.judged) as ImportRow[];
      rows.push(...(notNew.length === 0 ? judged : [...judged, ...(await source.rowsOf(batch.number, notNew))].sort((one, other) => one.line - other.line)));
      mostKnown = notNew.length > staged.count / 2;
      // The few of a batch in which nearly everybody is new wait for those of the next ones: a slice has a cost of its own.
      if (staged.count > 0 && rows.length < MOST_ROWS.judged) continue;
      const before = counts.added;
      if (!(await judgeAll(rows, bytesRead))) return { counts, finished: false, hash };
      if (batch.allJudged) mostKnown = counts.added - before < rows.length / 2;
      rows = [];
    }
  } finally {
    slices.close();
  }
}

/** So many rows that the next slice takes about as long as it should; never more than doubled at once, because the first slices are slow. */
function nextSize(kind: keyof typeof MOST_ROWS, size: number, rows: number, took: number): number {
  const fitting = Math.round((rows * sliceTime()) / Math.max(took, 0.5));
  // The last slice of a batch may be short, and says little.
  return rows < size / 2 ? size : Math.max(LEAST_ROWS, Math.min(MOST_ROWS[kind], size * 2, fitting));
}

type Slices = {
  /** Makes ready what is staged. */
  open(staged: Staged): void;
  /** Adds the staged between two places; answers the places of those who are not added, because they are known or suppressed. */
  add(from: number, until: number): number[];
  /** Does what rows say, one by one. */
  judge(rows: readonly ImportRow[]): void;
  close(): void;
};

/** Makes what does the slices: each with its counts in one transaction, or nothing of it. */
function sliceWork({ workspace, prepared, id, rejects, observe }: ImportRun, ours: ReadonlySet<number>, counts: ImportCounts): Slices {
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

  const judgeAll = (rows: readonly ImportRow[], rejected: ImportRow[]): void => {
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
      if (match.erased) counts.erased = (counts.erased ?? 0) + 1;
      const after = carryOut(decision, match.known);
      observe?.({ row, known: after, reasons: decision.outcome !== 'skipped' ? [] : [match.erased ? ERASED : decision.held ? SUPPRESSED : LEFT_ALONE], ...decision });
      if (after !== undefined) matches.note(row, after);
    }
  };

  /** Does it in a transaction, or leaves the counts as they were. */
  const inSlice = (work: () => void): void => {
    const before = { ...counts, erased: counts.erased };
    const whole = (): void => {
      work();
      writer?.flush();
      if (id !== null) setImportCounts(workspace, id, counts);
    };
    try {
      if (id === null) whole();
      else addingSlice(workspace, whole);
    } catch (error) {
      Object.assign(counts, before);
      throw error;
    }
  };

  /** Whether some of the last rows were known. Where nobody is, adding them finds that out as well as looking for them before. */
  let areKnown = false;

  return {
    open: (staged) => writer?.staged.open(staged),
    add(from, until) {
      const { staged } = writer!;
      let notNew: number[] = [];
      inSlice(() => {
        let known = areKnown ? staged.known(from, until) : [];
        notNew = notNewAmong(workspace, staged, from, until, known);
        if (!staged.add(from, until, notNew)) {
          known = staged.known(from, until);
          notNew = notNewAmong(workspace, staged, from, until, known);
          if (!staged.add(from, until, notNew)) throw new Error('An address of the file is there twice');
        }
        areKnown = known.length > 0;
        counts.rows += until - from + 1 - notNew.length;
        counts.added += until - from + 1 - notNew.length;
      });
      return notNew;
    },
    judge(rows) {
      const rejected: ImportRow[] = [];
      inSlice(() => judgeAll(rows, rejected));
      for (const { line, raw, reasons } of rejected) rejects?.add(line, raw, reasonText(reasons));
    },
    close: () => writer?.close(),
  };
}

/** The places of those who are there already, now or before they were merged, or to whom nothing may be sent. */
function notNewAmong(workspace: Workspace, staged: StageReader, from: number, until: number, known: readonly number[]): number[] {
  const places = new Set([...known, ...staged.former(from, until)]);
  const leaveOut = (values: ReadonlyMap<number, string>, some: ReadonlySet<string>): void => {
    if (some.size > 0) for (const [place, value] of values) if (some.has(value)) places.add(place);
  };
  if (anySuppressions(workspace, 'email')) {
    const addresses = staged.values('email', from, until);
    leaveOut(addresses, suppressedAmong(workspace, 'email', [...addresses.values()]));
  }
  for (const [by, key] of [['sms', 'phone'], ['external_id', 'external_id']] as const) {
    if (!anySuppressions(workspace, by)) continue;
    const values = staged.values(key, from, until);
    leaveOut(values, erasedAmong(workspace, by, [...values.values()]));
  }
  return [...places];
}

function newContact(decision: Decision, attributes: readonly unknown[]): KnownContact {
  const values: (string | number | null)[] = attributes.map(() => null);
  for (const { slot, value } of decision.changes) values[slot] = value;
  return { id: 0, email: null, values, tags: new Set(decision.tags), consents: new Map(decision.consents.map(({ channel, given }) => [channel, given ? 'given' : 'withdrawn'])), ours: true };
}
