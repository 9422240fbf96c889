// What is wrong, or looks wrong, with the rows of a file: counted over the whole of it by kind and column, with the first rows of
// each to be mended, and with what a cell was most likely meant to be.
import type { FindingKind, ImportPlan, ImportPreview, ProblemGroup, ProblemRow, RowFinding } from '../../shared/contacts/import-plan.ts';
import { unguard } from '../../shared/contacts/formula-guard.ts';
import { isDoubtfulDomain, suggestionFor, type SuggestionKind } from '../../shared/contacts/suggestions.ts';
import { say, type Text } from '../../shared/text.ts';
import type { SeenRow } from './importer.ts';
import { detached } from './records.ts';
import type { ImportAttribute } from './row-reader.ts';

/** Of each kind in each column so many rows are kept, and so many altogether: as many as somebody would mend by hand. */
const ROWS_OF_EACH = 100;
const ROWS_OF_ALL = 2000;

type Findings = {
  look(seen: Pick<SeenRow, 'row' | 'outcome' | 'reasons'>): void;
  /** What was found so far: errors before warnings, the most frequent first; and the rows by their lines. */
  gathered(): Pick<ImportPreview, 'problems' | 'problemRows'>;
};

const WARNINGS: Readonly<Record<SuggestionKind, FindingKind>> = { domain: 'mistyped', letters: 'lookalike', address: 'mistyped', choice: 'mistyped', apostrophe: 'mistyped', encoding: 'garbled' };

/** Makes the collector of a plan's findings. Rows that are left out on purpose are not looked at. */
export function createFindings(plan: Pick<ImportPlan, 'columns'>, attributes: readonly ImportAttribute[]): Findings {
  const byPosition = new Map(attributes.map((attribute) => [attribute.position, attribute]));
  const byHeader = new Map(plan.columns.map(({ header }, position) => [header.slice(0, 100), position]));
  const kinds = plan.columns.map(({ target }, position) => kindOf(target.kind, byPosition.get(position)));
  /** Only text can hold letters that look like others, and only addresses and phone numbers can be doubtful: the rest is an error or right. */
  const watched = attributes.flatMap((attribute, slot) => (attribute.kind === 'text' ? [{ attribute, slot }] : []));
  const groups = new Map<string, ProblemGroup>();
  const rows: ProblemRow[] = [];

  /** The reason says which column it is about; what it says of that is the sentence. */
  const errorOf = (reason: Text, raw: readonly string[]): RowFinding => {
    const header = reason.values?.['column'];
    const inner = reason.values?.['reason'];
    const column = typeof header === 'string' && typeof inner === 'object' ? (byHeader.get(header) ?? null) : null;
    if (column === null) return { severity: 'error', kind: raw.length === plan.columns.length ? 'person' : 'shape', column: null, text: reason, suggestion: null };
    const attribute = byPosition.get(column);
    const suggestion = attribute === undefined ? null : suggestionFor(unguard(raw[column] ?? ''), attribute);
    return { severity: 'error', kind: kinds[column]!, column, text: reason, suggestion };
  };

  const warningsOf = ({ values, cells }: SeenRow['row']): RowFinding[] => {
    const found: RowFinding[] = [];
    for (const { attribute, slot } of watched) {
      const value = values[slot];
      if (typeof value !== 'string') continue;
      const warn = (kind: FindingKind, text: Text, suggestion: RowFinding['suggestion']): number => found.push({ severity: 'warning', kind, column: attribute.position, text: say('{column}: {reason}', { column: attribute.header.slice(0, 100), reason: text }), suggestion });
      const suggestion = suggestionFor(cells[slot] ?? '', attribute);
      if (suggestion?.kind === 'letters') warn('lookalike', say('Letters of different alphabets that look alike stand together in "{cell}". Was "{suggestion}" meant?', { cell: value.slice(0, 100), suggestion: suggestion.text.slice(0, 100) }), suggestion);
      else if (suggestion?.kind === 'encoding') warn('garbled', say('"{cell}" looks as if its letters had been read in another encoding. Was "{suggestion}" meant?', { cell: value.slice(0, 100), suggestion: suggestion.text.slice(0, 100) }), suggestion);
      else if (suggestion !== null) warn(WARNINGS[suggestion.kind], say('"{cell}" looks mistyped. Was "{suggestion}" meant?', { cell: value.slice(0, 100), suggestion: suggestion.text.slice(0, 100) }), suggestion);
      else if (attribute.key === 'email' && isDoubtfulDomain(value)) warn('doubtful', say('"{cell}" is at a domain where no customer reads mail. Ask for another address, or leave the row as it is.', { cell: value.slice(0, 100) }), null);
      else if (attribute.key === 'phone' && !value.startsWith('+')) warn('undialable', say('"{cell}" is no number that can be dialled; it is kept as it stands. Write it with its country code, such as +45.', { cell: value.slice(0, 100) }), null);
    }
    return found;
  };

  const count = (finding: RowFinding): ProblemGroup => {
    const { severity, kind, column, suggestion } = finding;
    const key = `${severity} ${kind} ${column}`;
    let group = groups.get(key);
    if (group === undefined) groups.set(key, (group = { severity, kind, column, count: 0, suggested: 0, accept: [] }));
    group.count++;
    if (suggestion !== null) {
      group.suggested++;
      if (!group.accept.includes(suggestion.kind)) group.accept.push(suggestion.kind);
    }
    return group;
  };

  return {
    look({ row, outcome, reasons }) {
      if (outcome === 'skipped') return;
      const errors = outcome === 'rejected' ? reasons.map((reason) => errorOf(reason, row.raw)) : [];
      // Whoever mends an error sees at once what else looks wrong in the row, instead of after the next look.
      const findings = [...errors, ...warningsOf(row).filter(({ column }) => !errors.some((error) => error.column === column))];
      if (findings.length === 0) return;
      const isNew = findings.map(count).some((group) => group.count <= ROWS_OF_EACH);
      if (isNew && rows.length < ROWS_OF_ALL) rows.push({ line: row.line, cells: row.raw.map((cell) => detached(cell.toWellFormed().slice(0, 2000))), findings });
    },
    gathered: () => ({
      problems: [...groups.values()].sort((one, other) => (one.severity === other.severity ? other.count - one.count : one.severity === 'error' ? -1 : 1)),
      problemRows: rows,
    }),
  };
}

function kindOf(target: string, attribute: ImportAttribute | undefined): FindingKind {
  if (attribute !== undefined) return attribute.key === 'email' ? 'email' : attribute.kind;
  return target === 'tags' || target === 'consent' || target === 'status' || target === 'event' || target === 'order' ? target : 'text';
}
