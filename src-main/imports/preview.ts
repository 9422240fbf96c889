// What an import would do, shown by some of its rows: a dry run that is watched. So its counts are those of the import.
import { subjectParts } from '../../shared/contacts/contact.ts';
import type { FieldChange, ImportPreview, PreviewRow } from '../../shared/contacts/import-plan.ts';
import { displayText } from '../../shared/contacts/value-text.ts';
import { attributesOf, fromColumn } from '../store/attributes.ts';
import { getContact } from '../store/contacts.ts';
import type { OrderContent } from '../store/orders.ts';
import { readSettings } from '../store/settings.ts';
import type { Workspace } from '../workspace.ts';
import type { ChangedOrder } from './activity-import.ts';
import { createFindings } from './findings.ts';
import type { SeenRow } from './importer.ts';
import type { PreparedImport } from './prepare.ts';

const SAMPLES = 10;
const MOST_NOT_TAKEN = 200;
const MOST_SUPPRESSED = 100;

type Samples = Pick<ImportPreview, 'fields' | 'added' | 'updated' | 'notTaken' | 'suppressed'>;
type Findings = Pick<ImportPreview, 'problems' | 'problemRows'>;

/** Makes the watcher of a dry run, and what it has gathered. Values are text as the workspace's locale writes them. */
export function watchRows(workspace: Workspace, { attributes, plan }: PreparedImport): { observe(seen: SeenRow): void; onChanged(order: ChangedOrder): void; samples: Samples; findings(): Findings } {
  const { locale, timeZone, currency } = readSettings(workspace);
  const known = attributesOf(workspace);
  const samples: Samples = { fields: 0, added: [], updated: [], notTaken: [], suppressed: [] };
  const findings = createFindings(plan, attributes);
  const emailSlot = attributes.findIndex(({ key }) => key === 'email');
  const textOf = (slot: number, value: string | number | null): string | null => {
    const attribute = attributes[slot]!;
    const typed = fromColumn(attribute, value);
    return typed === null ? null : typeof typed === 'boolean' ? String(typed) : displayText(typed, attribute.kind, locale, timeZone, currency);
  };
  const nameOf = ({ row, known: contact }: SeenRow): string => row.email ?? contact?.email ?? row.keys[0]?.value ?? row.cells[emailSlot]?.slice(0, 100) ?? '';
  const rowOf = (seen: Extract<SeenRow, { changes: unknown }>): PreviewRow => ({
    line: seen.row.line,
    name: nameOf(seen),
    contact: seen.known === undefined || seen.known.id <= 0 ? null : seen.known.id,
    changes: seen.changes.map(({ slot, before, value }): FieldChange => {
      const { key, header } = attributes[slot]!;
      return { attribute: key, label: known.get(key)?.label ?? header, before: textOf(slot, before), after: textOf(slot, value) };
    }),
    tags: [...seen.tags],
    consents: seen.consents.map(({ channel, given }) => ({ channel: subjectParts(channel).channel, given })),
  });
  /** An order in the file's own words: its columns, and what stands in them. */
  const orderChanges = (before: OrderContent, after: OrderContent): FieldChange[] =>
    plan.columns.flatMap(({ header, target }, position): FieldChange[] => {
      const words = (content: OrderContent): string | null => {
        if (target.kind === 'property') return wordsOf(content.data[target.name]);
        if (target.kind !== 'order') return null;
        if (target.field === 'at') return displayText(content.at, 'dateTime', locale, timeZone, currency);
        if (target.field === 'amount') return displayText(content.amount, 'money', locale, timeZone, content.currency);
        return wordsOf(target.field === 'currency' ? content.currency : target.field === 'product' ? content.data['products'] : undefined);
      };
      const [old, now] = [words(before), words(after)];
      return old === now ? [] : [{ attribute: `column ${position}`, label: header, before: old, after: now }];
    });
  return {
    samples,
    findings: findings.gathered,
    onChanged({ line, contactId, before, after }) {
      const changes = orderChanges(before, after);
      samples.fields += changes.length;
      if (samples.updated.length >= SAMPLES) return;
      const { email, phone, external_id: externalId } = getContact(workspace, contactId)?.values ?? {};
      samples.updated.push({ line, name: String(email ?? phone ?? externalId ?? contactId), contact: contactId, changes, tags: [], consents: [] });
    },
    observe(seen) {
      findings.look(seen);
      const { line } = seen.row;
      if (seen.outcome === 'rejected' || seen.outcome === 'skipped') {
        if (samples.notTaken.length < MOST_NOT_TAKEN) samples.notTaken.push({ line, name: nameOf(seen), outcome: seen.outcome, reasons: [...seen.reasons] });
      } else if (seen.outcome === 'updated') {
        samples.fields += seen.changes.length;
        if (samples.updated.length < SAMPLES) samples.updated.push(rowOf(seen));
      } else if (seen.outcome === 'added' && samples.added.length < SAMPLES) samples.added.push(rowOf(seen));
      if (seen.outcome !== 'rejected' && seen.held && samples.suppressed.length < MOST_SUPPRESSED) samples.suppressed.push({ line, name: nameOf(seen) });
    },
  };
}

function wordsOf(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  return Array.isArray(value) ? value.map(wordsOf).join(', ') : typeof value === 'string' ? value : JSON.stringify(value);
}
