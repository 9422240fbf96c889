// Checks a plan against its file and its workspace before an import begins, and makes ready what the import needs.
import { basename, resolve } from 'node:path';
import { nameColumns } from '../../shared/contacts/columns.ts';
import { STANDARD_ATTRIBUTES, type Attribute, type Channel } from '../../shared/contacts/contact.ts';
import { MATCH_KEYS, type ImportPlan } from '../../shared/contacts/import-plan.ts';
import { readingFor, type ValueReading } from '../../shared/contacts/values.ts';
import { refuse } from '../../shared/problem.ts';
import { say } from '../../shared/text.ts';
import { attributesOf, MOST_ATTRIBUTES } from '../store/attributes.ts';
import { readSettings } from '../store/settings.ts';
import { topicNamed } from '../store/topics.ts';
import type { Workspace } from '../workspace.ts';
import { createDecoder } from './encoding.ts';
import { namedSeparator } from './dialect.ts';
import { createRecordReader, type CsvRecord } from './records.ts';
import type { ImportAttribute } from './row-reader.ts';
import { readHead, sourceSize } from './source.ts';

export type PreparedImport = {
  file: string;
  fileName: string;
  bytes: number;
  plan: ImportPlan;
  /** Where each value goes, in the order of the file's columns. */
  attributes: ImportAttribute[];
  /** Those among them that the import creates first. */
  newAttributes: Attribute[];
  reading: ValueReading;
  /** The file begins with `sep=;`. */
  hasSeparatorLine: boolean;
  /** The channels for which the file has a column. */
  columnChannels: Set<Channel>;
};

const HEAD = 1024 * 1024;
const PIECE = 65_536;

/** Throws a ProblemError, and nothing has happened yet, when the plan does not fit the file or the workspace. `partly`: it need not be complete yet. */
export function prepareImport(workspace: Workspace, file: string, plan: ImportPlan, rejectsFile: string | null, { partly = false } = {}): PreparedImport {
  const fileName = basename(file);
  const bytes = sourceSize(file);
  const head = readHead(file, HEAD);
  const text = createDecoder(plan.reading.encoding).write(head);
  if (rejectsFile !== null && resolve(rejectsFile) === resolve(file)) {
    refuse('rejects-over-source', say('Rejected rows cannot be written over {fileName}, which is being read. Choose another file for them.', { fileName }), { file: rejectsFile });
  }
  const hasSeparatorLine = namedSeparator(text) !== null;
  if (plan.reading.headerLine > 0) refuseOtherHeader(file, text, plan);
  const { attributes, newAttributes } = targetsOf(workspace, plan, file);
  if (!partly) {
    refuseWithoutKey(plan, attributes, fileName, file);
    refuseOtherKind(plan, file);
    refuseUnknownTopic(workspace, plan);
  }
  const settings = readSettings(workspace);
  return {
    file,
    fileName,
    bytes,
    plan,
    attributes,
    newAttributes,
    reading: { ...readingFor(settings.locale, settings.timeZone, settings.currency), decimal: plan.reading.decimal, dateOrder: plan.reading.dateOrder },
    hasSeparatorLine,
    columnChannels: new Set(plan.columns.flatMap(({ target }) => (target.kind === 'consent' || target.kind === 'status' ? [target.channel] : []))),
  };
}

const NEEDED = {
  contacts: [],
  events: [['event', 'type', say('what happened')], ['event', 'at', say('when it happened')]],
  orders: [['order', 'number', say('the number of the order')], ['order', 'at', say('when it was placed')], ['order', 'amount', say('the amount')]],
} as const;

/** Consent to a topic that nobody has named would never be asked for. */
function refuseUnknownTopic(workspace: Workspace, { consent }: ImportPlan): void {
  const topic = consent?.topic;
  if (topic !== undefined && topicNamed(workspace, topic) === undefined) refuse('topic-unknown', say('There is no topic {topic}. Add it under Settings, Privacy, or choose another one.', { topic }), { field: 'topic' });
}

/** Columns of an event or an order have no place among contacts, and the other way round; and without some of them there is none. */
function refuseOtherKind(plan: ImportPlan, file: string): void {
  for (const { header, target } of plan.columns) {
    const isKey = target.kind === 'attribute' && MATCH_KEYS.some((key) => key === target.attribute);
    const ofActivity = target.kind === 'event' || target.kind === 'order' || target.kind === 'property';
    const fits = target.kind === 'ignore' || isKey || (plan.kind === 'contacts' ? !ofActivity : target.kind === 'property' || target.kind === plan.kind.slice(0, -1));
    if (!fits) refuse('column-other-kind', say('The column "{column}" has no place here: the rows of the file are {kind, select, contacts {contacts} events {events} other {orders}}. Leave it out.', { column: header, kind: plan.kind }), { file, column: header });
  }
  for (const [kind, field, what] of NEEDED[plan.kind]) {
    const isThere = plan.columns.some(({ target }) => target.kind === kind && 'field' in target && target.field === field);
    if (!isThere && !(field === 'type' && plan.eventType !== null)) refuse('column-missing', say('No column says {what}. Choose the one that does.', { what }), { file });
  }
}

/** Every key that the plan matches by needs a column; without any nobody could be told apart. */
function refuseWithoutKey(plan: ImportPlan, attributes: readonly ImportAttribute[], fileName: string, file: string): void {
  const missing = plan.match.find((key) => !attributes.some((attribute) => attribute.key === key));
  if (missing === undefined) return;
  if (missing === 'email') {
    refuse('no-email-column', say('No column of {fileName} is known as the e-mail address, by which contacts are told apart. Say which it is, such as --map "{column}=email", or add such a column.', { fileName, column: plan.columns[0]?.header ?? 'Column 1' }), { file });
  }
  refuse('no-key-column', say('No column of {fileName} is known as {key}, by which contacts are to be told apart. Say which it is, or match by something else.', { fileName, key: missing }), { file });
}

/** The plan was made for a file with these columns; for any other it would put values in the wrong places. */
function refuseOtherHeader(file: string, text: string, plan: ImportPlan): void {
  const { headerLine, separator, quote } = plan.reading;
  const fileName = basename(file);
  const reader = createRecordReader({ separator, quote, fileName }, headerLine);
  let header: CsvRecord | undefined;
  for (let at = 0; at < text.length && header === undefined; at += PIECE) header = reader.push(text.slice(at, at + PIECE))[0];
  header ??= reader.end()[0];
  if (header === undefined) refuse('no-rows', say('{fileName} has no line {line}, where the header should be.', { fileName, line: headerLine }), { file, line: headerLine });
  const names = nameColumns(header.cells);
  const wrong = Math.max(names.length, plan.columns.length);
  for (let position = 0; position < wrong; position++) {
    const [found, expected] = [names[position], plan.columns[position]?.header];
    if (found === expected) continue;
    refuse('columns-changed', say('Column {position} of {fileName} is {found}, but the plan expects {expected}. Look at the file anew and match its columns again.', { position: position + 1, fileName, found: found === undefined ? say('missing') : `"${found}"`, expected: expected === undefined ? say('no such column') : `"${expected}"` }), { file, line: headerLine });
  }
}

function targetsOf(workspace: Workspace, plan: ImportPlan, file: string): { attributes: ImportAttribute[]; newAttributes: Attribute[] } {
  const existing = attributesOf(workspace);
  const attributes: ImportAttribute[] = [];
  const newAttributes: Attribute[] = [];
  const columnOf = new Map<string, string>();
  const claim = (what: string, header: string, name: string): void => {
    const other = columnOf.get(what);
    if (other !== undefined) refuse('column-twice', say('Two columns go to {name}: "{first}" and "{second}". Leave one of them out, or give it an attribute of its own.', { name, first: other, second: header }), { file, column: header });
    columnOf.set(what, header);
  };
  plan.columns.forEach(({ header, target, existing: rule }, position) => {
    if (target.kind === 'consent' || target.kind === 'status') claim(`consent of ${target.channel}`, header, target.channel === 'sms' ? 'SMS consent' : 'e-mail consent');
    if (target.kind === 'event' || target.kind === 'order') claim(`${target.kind} ${target.field}`, header, target.field);
    if (target.kind !== 'attribute' && target.kind !== 'newAttribute') return;
    claim(target.attribute, header, target.attribute);
    const kind = existing.get(target.attribute)?.kind ?? (target.kind === 'newAttribute' ? target.attributeKind : 'text');
    if (rule === 'append' && (!['text', 'choices'].includes(kind) || MATCH_KEYS.some((key) => key === target.attribute))) {
      refuse('cannot-append', say('Nothing can be put behind a value of the column "{column}": it is no list. Overwrite it, fill it where it is empty, or keep it.', { column: header }), { file, column: header });
    }
    const known = existing.get(target.attribute);
    if (known !== undefined) {
      // A plan that was carried out once already, wholly or in part, creates nothing the second time.
      if (target.kind === 'newAttribute' && known.kind !== target.attributeKind) {
        refuse('attribute-other-kind', say('There is an attribute {key} already, and it holds values of another kind. Match the column "{column}" to it, or choose another key.', { key: target.attribute, column: header }), { file, column: header });
      }
      attributes.push({ key: known.key, kind: known.kind, ...(known.choices && { choices: known.choices }), column: known.column, position, header, existing: rule });
    } else if (target.kind === 'attribute') {
      refuse('attribute-unknown', say('There is no attribute {key}, to which the column "{column}" should go. There are: {known}.', { key: target.attribute, column: header, known: knownKeys([...existing.keys()]) }), { file, column: header });
    } else {
      newAttributes.push({ key: target.attribute, label: target.label, kind: target.attributeKind });
      attributes.push({ key: target.attribute, kind: target.attributeKind, column: `a_${target.attribute}`, position, header, existing: rule });
    }
  });
  if (existing.size + newAttributes.length > MOST_ATTRIBUTES) {
    refuse('attribute-too-many', say('With the {more, number} new columns the workspace would have more than {most, number} attributes. Leave out columns that you do not need.', { more: newAttributes.length, most: MOST_ATTRIBUTES }), { file });
  }
  return { attributes, newAttributes };
}

function knownKeys(keys: readonly string[]): string {
  const shown = keys.slice(0, 20).join(', ');
  return keys.length > 20 ? `${shown} …` : shown || STANDARD_ATTRIBUTES.map(({ key }) => key).join(', ');
}
