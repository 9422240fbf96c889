// A contact and its attributes. Some attributes are there in every workspace; the others are defined by the user and are
// real columns in the workspace file.
import { z } from 'zod';
import { keySchema } from '../fields.ts';
import { say, type Text } from '../text.ts';

export const ATTRIBUTE_KINDS = ['text', 'number', 'money', 'yesNo', 'date', 'dateTime', 'choice', 'choices'] as const;
export type AttributeKind = (typeof ATTRIBUTE_KINDS)[number];

export const attributeSchema = z.strictObject({
  key: keySchema,
  label: z.string().min(1).max(200).normalize(),
  kind: z.enum(ATTRIBUTE_KINDS),
  /** For `choice` and `choices`: what may be chosen. Empty: anything. */
  choices: z.array(z.string().max(200).normalize()).max(1000).optional(),
});
export type Attribute = z.infer<typeof attributeSchema>;

/**
 * A value as the program holds it, by kind: text and choice are strings; number is a number; money is an integer of minor
 * units in the workspace's currency; yesNo is a boolean; date is "YYYY-MM-DD"; dateTime is an instant (ms since 1970 UTC);
 * choices is a list of strings. `null` is: no value.
 */
export type AttributeValue = string | number | boolean | readonly string[] | null;
export const attributeValueSchema = z.union([z.string().max(100_000), z.number(), z.boolean(), z.array(z.string()), z.null()]);

/** The attributes that every workspace has, with the column of `contacts` that holds them. E-mail, phone and external id identify. */
export const STANDARD_ATTRIBUTES = [
  { key: 'email', kind: 'text', label: say('E-mail') },
  { key: 'phone', kind: 'text', label: say('Phone') },
  { key: 'external_id', kind: 'text', label: say('External ID') },
  { key: 'first_name', kind: 'text', label: say('First name') },
  { key: 'last_name', kind: 'text', label: say('Last name') },
  { key: 'language', kind: 'text', label: say('Language') },
  { key: 'time_zone', kind: 'text', label: say('Time zone') },
  { key: 'company', kind: 'text', label: say('Company') },
] as const satisfies readonly { key: string; kind: AttributeKind; label: Text }[];

export const CHANNELS = ['email', 'sms'] as const;
export type Channel = (typeof CHANNELS)[number];

/** The attributes that say who a contact is: no two contacts have the same, and one of them each has. */
export const IDENTIFYING = ['email', 'phone', 'external_id'] as const;

/** What consent is about: a channel as a whole, or a topic of it ("email:newsletter"). */
export type ConsentSubject = Channel | `${Channel}:${string}`;

/** The subject of a consent, and back. */
export function consentSubject(channel: Channel, topic = ''): ConsentSubject {
  return topic === '' ? channel : `${channel}:${topic}`;
}

export function subjectParts(subject: string): { channel: Channel; topic: string } {
  const [channel, topic = ''] = subject.split(':', 2);
  return { channel: channel === 'sms' ? 'sms' : 'email', topic };
}

/** `none`: consent was never recorded. `withdrawn` is an opt-out; no import may lift it. */
export type ConsentState = 'given' | 'withdrawn' | 'none';
