// Carries out an import: a survey of the whole file, then its rows in slices of some ten milliseconds, each in a transaction of
// its own on the one connection that writes, with other calls answered in between. What a slice has written stays; the same
// file imported again finds it done, so an import that was broken off is finished by repeating it.
import type { Channel } from '../../shared/contacts/contact.ts';
import type { ImportCounts } from '../../shared/contacts/import-plan.ts';
import { say } from '../../shared/text.ts';
import { addAttribute } from '../store/attributes.ts';
import { transaction } from '../store/database.ts';
import { brokenOffImports, contactsByEmail, contactsWithoutEmail, importWriter, noCounts, setImportCounts, setImportHash, standingOf, storedAttributes, type FoundContact, type RowChange } from '../store/imports.ts';
import { suppressedAmong } from '../store/suppressions.ts';
import type { Workspace } from '../workspace.ts';
import { decide, type Deciding, type Decision, type KnownContact } from './decide.ts';
import type { PreparedImport } from './prepare.ts';
import { detached, type CsvRecord } from './records.ts';
import type { RejectsFile } from './rejects.ts';
import { createRowReader, reasonText, type ImportRow } from './row-reader.ts';
import { recordsOf, surveyFile, turn, type Survey } from './survey.ts';

const NO_ADDRESS = say('The row has no e-mail address. Fill it in.');
/** A transaction ends in a write to the disk that takes as long as some hundred rows: fewer than these would mostly wait for it. */
const LEAST_ROWS = 250;
const MOST_ROWS = 1000;
const SLICE_MS = 20;

type ImportRun = {
  workspace: Workspace;
  prepared: PreparedImport;
  /** The import's id; `null`: a dry run, which writes nothing at all. */
  id: number | null;
  rejects: RejectsFile | null;
  /** Asked between slices; false: stop where you are. */
  goOn: () => boolean;
  progress: (counts: ImportCounts, bytesRead: number) => void;
};

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
function sliceWork({ workspace, prepared, id, rejects }: ImportRun, survey: Survey, ours: ReadonlySet<number>, counts: ImportCounts): (slice: Taken[]) => void {
  const { plan, attributes, fileName, columnChannels } = prepared;
  const stored = storedAttributes(workspace, attributes.map(({ key }) => key));
  // In a dry run the new attributes are not there yet: nobody has a value of them.
  const present = new Set(stored.map(({ key }) => key));
  const columns = attributes.map(({ key, column }) => (present.has(key) ? column : null));
  const channels: Channel[] = [...new Set([...columnChannels, ...(plan.consent === null ? [] : [plan.consent.channel])])];
  const withTags = plan.tags.length > 0 || plan.columns.some(({ target }) => target.kind === 'tags');
  const writer = id === null ? null : importWriter(workspace, id, fileName, stored);
  const deciding: Deciding = { plan, kinds: attributes.map(({ kind }) => kind), zone: prepared.reading.zone, fileName, columnChannels, overruled: survey.overruled };
  /** Only in a dry run, which finds nothing of what it did in the store: contacts that come again. */
  const imagined = new Map<string, KnownContact>();

  const knownFrom = (found: readonly FoundContact[]): Map<number, KnownContact> => {
    const standing = standingOf(workspace, found.map((contact) => contact.id), withTags, channels);
    return new Map(
      found.map((contact) => [
        contact.id,
        {
          id: contact.id,
          values: contact.values,
          tags: new Set(standing.tags.get(contact.id)),
          consents: new Map(channels.flatMap((channel) => {
            const state = standing.consents.get(channel)?.get(contact.id);
            return state === undefined ? [] : [[channel, state] as const];
          })),
          ours: contact.importId !== null && ours.has(contact.importId),
        },
      ]),
    );
  };

  /** Who is known already among those that the rows are about: by address, or, for rows without one, by external id or phone. */
  const lookUp = (rows: readonly ImportRow[]): { byEmail: Map<string, KnownContact>; byOther: Map<string, KnownContact> } => {
    const emails = [...new Set(rows.flatMap(({ email }) => (email === null ? [] : [email])))];
    const found = contactsByEmail(workspace, emails, columns);
    const known = knownFrom(found);
    const byEmail = new Map(found.map((contact) => [contact.email!, known.get(contact.id)!]));
    for (const email of emails) {
      const seen = imagined.get(email);
      if (seen !== undefined) byEmail.set(email, seen);
    }
    const byOther = new Map<string, KnownContact>();
    const without = rows.filter(({ email, reasons }) => email === null && reasons.length === 0);
    for (const key of without.length === 0 ? [] : (['phone', 'external_id'] as const)) {
      const slot = attributes.findIndex((attribute) => attribute.key === key);
      if (slot < 0) continue;
      const matches = contactsWithoutEmail(workspace, key, without.flatMap(({ values }) => (values[slot] === null ? [] : [String(values[slot])])), columns);
      const contacts = knownFrom(matches);
      for (const match of matches) byOther.set(`${key}:${match.values[slot]}`, contacts.get(match.id)!);
    }
    return { byEmail, byOther };
  };

  const nobodyWithout = (row: ImportRow, byOther: Map<string, KnownContact>): KnownContact | undefined => {
    for (const key of ['external_id', 'phone'] as const) {
      const slot = attributes.findIndex((attribute) => attribute.key === key);
      const match = slot < 0 || row.values[slot] === null ? undefined : byOther.get(`${key}:${row.values[slot]}`);
      if (match !== undefined) return match;
    }
    return undefined;
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
      const rows = slice.map(({ row }) => row);
      const { byEmail, byOther } = lookUp(rows);
      const suppressed = suppressedAmong(workspace, 'email', [...new Set(rows.flatMap(({ email }) => (email === null ? [] : [email])))]);
      for (const { record, row } of slice) {
        counts.rows++;
        const known = row.email === null ? nobodyWithout(row, byOther) : byEmail.get(row.email);
        if (row.reasons.length === 0 && row.email === null && known === undefined) row.reasons.push(NO_ADDRESS);
        if (row.reasons.length > 0) {
          counts.rejected++;
          rejected.push({ line: row.line, cells: record.cells, reason: reasonText(row.reasons) });
          continue;
        }
        const decision = decide(row, known, row.email !== null && suppressed.has(row.email), deciding);
        counts[decision.outcome]++;
        if (decision.held) counts.suppressed++;
        const after = carryOut(decision, known);
        if (row.email === null || after === undefined || !survey.isRepeated(row.email)) continue;
        byEmail.set(row.email, after);
        if (id === null) imagined.set(detached(row.email), kept(after));
      }
      writer?.flush();
      if (id !== null) setImportCounts(workspace, id, counts);
    };
    try {
      if (id === null) work();
      else transaction(workspace.db, work);
    } catch (error) {
      Object.assign(counts, before);
      throw error;
    }
    for (const { line, cells, reason } of rejected) rejects?.add(line, cells, reason);
  };
}

/** A contact to remember beyond its slice. */
function kept(contact: KnownContact): KnownContact {
  return { ...contact, values: contact.values.map((value) => (typeof value === 'string' ? detached(value) : value)), tags: new Set([...contact.tags].map(detached)) };
}

function newContact(decision: Decision, attributes: readonly unknown[]): KnownContact {
  const values: (string | number | null)[] = attributes.map(() => null);
  for (const { slot, value } of decision.changes) values[slot] = value;
  return { id: 0, values, tags: new Set(decision.tags), consents: new Map(decision.consents.map(({ channel, given }) => [channel, given ? 'given' : 'withdrawn'])), ours: true };
}
