// The flow file (.kanalflow): JSON that carries a flow and what it refers to. Written in one canonical form, so that two
// versions can be compared line by line; read strictly, so that nothing in it is lost or taken for something else.
import { z } from 'zod';
import { calendarSchema, type Calendar } from '../calendar/calendars.ts';
import { attributeSchema, type Attribute } from '../contacts/contact.ts';
import { ruleSchema } from '../contacts/rule.ts';
import { keySchema } from '../fields.ts';
import { problem, ProblemError, refuse, type Place, type Problem } from '../problem.ts';
import { say } from '../text.ts';
import { flowSchema, messageSchema, type Flow, type Message } from './flow.ts';
import { issueText } from './issues.ts';
import { findJsonFault } from './json-fault.ts';
import { LARGEST_FLOW_FILE } from './limits.ts';

/** The format that this program writes; it refuses files of a higher one. */
export const FLOW_FORMAT = 1;
const DEEPEST_NESTING = 100;
const MOST_PROBLEMS = 50;

export const segmentSchema = z.strictObject({
  key: keySchema,
  name: z.string().min(1).max(200),
  rule: ruleSchema.nullable().default(null),
});
export type Segment = z.infer<typeof segmentSchema>;

/** What people may agree to beside a channel as a whole. */
const topicSchema = z.strictObject({ key: keySchema, name: z.string().trim().min(1).max(200).normalize() });

export const flowFileSchema = z.strictObject({
  $schema: z.string().max(1000).optional().meta({ description: 'The address of this schema, for editors. Kanal does not look at it.' }),
  kanalFlow: z.literal(FLOW_FORMAT).meta({ description: 'The format of the file.' }),
  ...flowSchema.shape,
  messages: z.array(messageSchema).max(5000).default([]).meta({ description: 'The messages that steps and rules refer to by key.' }),
  attributes: z
    .array(attributeSchema)
    .max(2000)
    .default([])
    .meta({
      description:
        'The attributes of contacts that the flow refers to by key, other than the standard ones (email, phone, external_id, first_name, last_name, language, time_zone, company).',
    }),
  segments: z.array(segmentSchema).max(2000).default([]).meta({ description: 'The segments that rules refer to by key.' }),
  calendars: z
    .array(calendarSchema)
    .max(200)
    .optional()
    .meta({ description: 'The lists of days that the flow refers to by key, other than public holidays (holidays_dk and the like).' }),
  topics: z
    .array(topicSchema)
    .max(200)
    .optional()
    .meta({ description: 'The topics of consent that messages, triggers and rules refer to by key. In a workspace they are the ones that are called the same.' }),
});

/** A flow with what it refers to. */
export type CarriedFlow = { flow: Flow; messages: Message[]; attributes: Attribute[]; segments: Segment[]; calendars?: Calendar[]; topics?: z.infer<typeof topicSchema>[] };

/**
 * Reads a flow file. Throws ProblemError with the place in the file when it is too large, not JSON, not a flow, of a newer
 * format, or holds anything that is not known or not as it should be. What a flow may have wrong as a flow, unknown step types
 * among it, is told by `flowProblems`; `breaksFlow` says which of that cannot be taken in.
 */
export function readFlowFile(text: string, fileName: string): CarriedFlow {
  const file = fileName;
  if (text.length > LARGEST_FLOW_FILE) {
    refuse(
      'flow-file-too-large',
      say('{file} is too large for a flow: it has more than {most, number} characters.', { file, most: LARGEST_FLOW_FILE }),
      { file },
    );
  }
  const json = text.startsWith('\uFEFF') ? text.slice(1) : text;
  if (json.trim() === '') refuse('flow-file-empty', say('{file} is empty.', { file }), { file });
  refuseFault(json, file);
  const value: unknown = JSON.parse(json);
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, 'kanalFlow')) {
    refuse('flow-file-not-flow', say('{file} is not a flow: it has no “kanalFlow”. Export a flow from Kanal to get one.', { file }), {
      file,
    });
  }
  const format = (value as { kanalFlow: unknown }).kanalFlow;
  if (typeof format === 'number' && Number.isInteger(format) && format > FLOW_FORMAT) {
    refuse(
      'flow-file-newer',
      say('{file} was written by a newer version of Kanal (format {format}). Update Kanal to open it.', { file, format }),
      { file, field: 'kanalFlow' },
    );
  }
  if (format !== FLOW_FORMAT) {
    refuse(
      'flow-file-not-flow',
      say('{file} is not a flow that Kanal can read: its “kanalFlow” must be {format}.', { file, format: FLOW_FORMAT }),
      { file, field: 'kanalFlow' },
    );
  }
  const result = flowFileSchema.safeParse(value);
  if (!result.success)
    throw new ProblemError(...result.error.issues.slice(0, MOST_PROBLEMS).map((issue) => issueProblem(issue, value, file)));
  const { $schema: _, kanalFlow: __, messages, attributes, segments, calendars = [], topics = [], ...flow } = result.data;
  const twice = [
    ...keysTwice(messages, 'messages', file),
    ...keysTwice(attributes, 'attributes', file),
    ...keysTwice(segments, 'segments', file),
    ...keysTwice(calendars, 'calendars', file),
    ...keysTwice(topics, 'topics', file),
  ];
  if (twice.length > 0) throw new ProblemError(...twice);
  return { flow, messages, attributes, segments, ...(calendars.length > 0 && { calendars }), ...(topics.length > 0 && { topics }) };
}

function refuseFault(json: string, file: string): void {
  const fault = findJsonFault(json, DEEPEST_NESTING);
  if (fault === null) return;
  const { line, column, what } = fault;
  const place = { file, line, column: String(column) };
  switch (fault.kind) {
    case 'syntax':
      return refuse(
        'flow-file-not-json',
        say('{file} is not valid JSON: in line {line}, column {column}, {what}.', { file, line, column, what }),
        place,
      );
    case 'too-deep':
      return refuse(
        'flow-file-too-deep',
        say('{file} is nested more than {deepest} levels deep in line {line}, column {column}. No flow is.', {
          file,
          deepest: DEEPEST_NESTING,
          line,
          column,
        }),
        place,
      );
    case 'key-twice':
      return refuse(
        'flow-file-key-twice',
        say('{file} has the name “{what}” twice in the same place, the second time in line {line}, column {column}. Remove one.', {
          file,
          what,
          line,
          column,
        }),
        place,
      );
    case 'key-forbidden':
      return refuse(
        'flow-file-key-forbidden',
        say('{file} uses the name “{what}” in line {line}, column {column}, which is not allowed.', { file, what, line, column }),
        place,
      );
  }
}

/** Names the step, trigger or message that an issue is in. */
function issueProblem(issue: z.core.$ZodIssue, file: unknown, fileName: string): Problem {
  const [list, number, ...rest] = issue.path.map(String);
  const item = list === undefined || number === undefined ? undefined : at(at(file, list), number);
  const id = at(item, list === 'messages' ? 'key' : 'id');
  const path = issue.path.join('.');
  const place: Place = { file: fileName, field: path };
  if (typeof id === 'string' && (list === 'steps' || list === 'triggers' || list === 'messages')) {
    place[list === 'steps' ? 'step' : list === 'triggers' ? 'trigger' : 'message'] = id;
    place.field = rest.join('.');
  }
  const reason = issueText(issue);
  if (path === '')
    return problem('flow-file-invalid', say('{file} is not as it should be: {reason}.', { file: fileName, reason }), { file: fileName });
  if (typeof id === 'string')
    return problem(
      'flow-file-invalid',
      say('{path} (“{id}”) is not as it should be: {reason}.', { path, id: id.slice(0, 60), reason }),
      place,
    );
  return problem('flow-file-invalid', say('{path} is not as it should be: {reason}.', { path, reason }), place);
}

function at(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;
}

function keysTwice(things: readonly { key: string }[], list: string, file: string): Problem[] {
  const seen = new Set<string>();
  return things.flatMap(({ key }, index) => {
    const isTwice = seen.has(key);
    seen.add(key);
    return isTwice
      ? [
          problem('flow-file-key-twice', say('The key “{key}” is there twice among the {list}. Each needs its own.', { key, list }), {
            file,
            field: `${list}.${index}.key`,
          }),
        ]
      : [];
  });
}

/** The canonical text of a flow file: names sorted, lists in their order, each part of a list on lines of its own. */
export function writeFlowFile({ flow, messages, attributes, segments, calendars = [], topics = [] }: CarriedFlow): string {
  const file = { kanalFlow: FLOW_FORMAT, ...flow, messages, attributes, segments, ...(calendars.length > 0 && { calendars }), ...(topics.length > 0 && { topics }) };
  const parts = entriesOf(file).map(
    ([name, value]) => `  ${JSON.stringify(name)}: ${Array.isArray(value) ? listText(value) : valueText(value, '  ')}`,
  );
  return `{\n${parts.join(',\n')}\n}\n`;
}

const WIDTH = 120;

/** A list of the file itself: each part begins a line, however short. */
function listText(list: readonly unknown[]): string {
  if (list.length === 0) return '[]';
  return `[\n${list.map((each) => `    ${valueText(each, '    ')}`).join(',\n')}\n  ]`;
}

/** In one line where it fits, else spread over several. */
function valueText(value: unknown, indent: string): string {
  const short = lineText(value);
  if (typeof value !== 'object' || value === null || indent.length + short.length <= WIDTH) return short;
  const inner = `${indent}  `;
  if (Array.isArray(value)) return `[\n${value.map((each) => inner + valueText(each, inner)).join(',\n')}\n${indent}]`;
  return `{\n${entriesOf(value)
    .map(([name, each]) => `${inner}${JSON.stringify(name)}: ${valueText(each, inner)}`)
    .join(',\n')}\n${indent}}`;
}

function lineText(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(lineText).join(', ')}]`;
  const entries = entriesOf(value);
  return entries.length === 0 ? '{}' : `{ ${entries.map(([name, each]) => `${JSON.stringify(name)}: ${lineText(each)}`).join(', ')} }`;
}

/** Sorted by code units, so in the same order everywhere; what is not set is left out. */
function entriesOf(value: object): [string, unknown][] {
  return Object.entries(value)
    .filter(([, each]) => each !== undefined)
    .sort(([one], [other]) => (one < other ? -1 : 1));
}
