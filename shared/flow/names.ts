// Names of what a flow refers to by key, from plain lists: of a workspace, or of the flow file itself.
import { STANDARD_ATTRIBUTES, type Attribute } from '../contacts/contact.ts';
import { HOLIDAY_COUNTRIES } from '../calendar/holidays.ts';
import type { Rule } from '../contacts/rule.ts';
import type { ValueSetting } from '../contacts/value-words.ts';
import type { Names } from '../steps/step.ts';
import { inEnglish, type Text } from '../text.ts';

export type NamedThings = {
  messages: readonly { key: string; name: string }[];
  /** The workspace's own; the standard ones are known anyway. */
  attributes: readonly Attribute[];
  /** With the rule: `null` is a fixed set. `track`: it is kept since when somebody meets the rule; left out: that is not known. */
  segments: readonly { key: string; name: string; rule?: Rule | null; track?: boolean }[];
  flows?: readonly { id: number; name: string; startable?: boolean }[];
  /** The workspace's own; the countries' holidays are known anyway. */
  calendars?: readonly { key: string; name: string }[];
  topics?: readonly { key: string; name: string }[];
} & ValueSetting;

/** `standardLabel` says the labels of standard attributes in the reader's language (English unless told). */
export function namesFrom({ messages, attributes, segments, flows, calendars, topics, currency, zone }: NamedThings, standardLabel: (label: Text) => string = inEnglish): Names {
  const messageNames = new Map(messages.map(({ key, name }) => [key, name]));
  const segmentNames = new Map(segments.map(({ key, name }) => [key, name]));
  const unkept = new Map(segments.flatMap(({ key, name, rule, track }): [string, string][] => (rule !== null && track === false ? [[key, name]] : [])));
  const fixed = new Map(segments.map(({ key, rule }) => [key, rule === undefined ? undefined : rule === null]));
  const flowNames = flows === undefined ? undefined : new Map(flows.map(({ id, name }) => [id, name]));
  const standard = STANDARD_ATTRIBUTES.map(({ key, kind, label }): [string, Attribute] => [
    key,
    { key, kind, label: standardLabel(label) },
  ]);
  const all = new Map([...attributes.map((each): [string, Attribute] => [each.key, each]), ...standard]);
  return {
    message: (key) => messageNames.get(key),
    attribute: (key) => all.get(key),
    segment: (key) => segmentNames.get(key),
    isFixedSegment: (key) => fixed.get(key),
    unkeptSegment: (key) => unkept.get(key),
    ...(currency !== undefined && { currency }),
    ...(zone !== undefined && { zone }),
    ...(calendars !== undefined && { calendar: (key: string) => HOLIDAY_COUNTRIES.find((country) => country.key === key)?.label ?? calendars.find((own) => own.key === key)?.name }),
    ...(topics !== undefined && { topic: (key: string) => topics.find((each) => each.key === key)?.name }),
    ...(flows !== undefined && { isStartable: (id: number) => flows.find((flow) => flow.id === id)?.startable }),
    ...(flowNames !== undefined && { flow: (id: number) => flowNames.get(id) }),
  };
}
