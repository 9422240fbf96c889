// Names of what a flow refers to by key, from plain lists: of a workspace, or of the flow file itself.
import { STANDARD_ATTRIBUTES, type Attribute } from '../contacts/contact.ts';
import type { Names } from '../steps/step.ts';
import { inEnglish, type Text } from '../text.ts';

export type NamedThings = {
  messages: readonly { key: string; name: string }[];
  /** The workspace's own; the standard ones are known anyway. */
  attributes: readonly Attribute[];
  segments: readonly { key: string; name: string }[];
};

/** `standardLabel` says the labels of standard attributes in the reader's language (English unless told). */
export function namesFrom({ messages, attributes, segments }: NamedThings, standardLabel: (label: Text) => string = inEnglish): Names {
  const messageNames = new Map(messages.map(({ key, name }) => [key, name]));
  const segmentNames = new Map(segments.map(({ key, name }) => [key, name]));
  const standard = STANDARD_ATTRIBUTES.map(({ key, kind, label }): [string, Attribute] => [
    key,
    { key, kind, label: standardLabel(label) },
  ]);
  const all = new Map([...attributes.map((each): [string, Attribute] => [each.key, each]), ...standard]);
  return {
    message: (key) => messageNames.get(key),
    attribute: (key) => all.get(key),
    segment: (key) => segmentNames.get(key),
  };
}
