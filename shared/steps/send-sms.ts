// Sends a text message. It goes through the ledger like every message; while no account for text messages is set up it is held
// there, and nothing is lost (FEATURES A4.2).
import { z } from 'zod';
import { longTextField } from '../fields.ts';
import { SENDING_FIELDS } from '../messages/sending-rules.ts';
import { tagProblems } from '../messages/tag-problems.ts';
import { warning } from '../problem.ts';
import { say } from '../text.ts';
import { defineStep, NEXT } from './step.ts';

/** Every contact that is sent one has it. */
const ALWAYS_THERE = new Set(['contact.phone']);

export const sendSms = defineStep({
  type: 'sendSms',
  family: 'message',
  icon: 'sms',
  label: say('Send text message'),
  help: say('Sends a text message to the contact’s phone and goes on when it has been sent, or could not be.'),
  config: z.strictObject({
    text: longTextField({ label: say('Text'), help: say('With merge tags such as {example}.', { example: '{{ contact.first_name }}' }), max: 1600, required: true, mergeTags: true }),
    ...SENDING_FIELDS,
  }),
  outlets: () => [{ id: NEXT, label: say('Next') }],
  summary: ({ text }) => (text.trim() === '' ? say('Write the text') : say('Text message: {text}', { text: text.trim().slice(0, 80) })),
  problems: ({ text }, names) => [
    ...tagProblems({ text, name: say('Send text message'), hasAttribute: (key) => names.attribute(key) !== undefined, alwaysThere: ALWAYS_THERE, at: (line) => ({ field: 'text', line }) }),
    warning('no-channel', say('No account for text messages is set up. What this step sends is held until there is one.'), { field: 'text' }),
  ],
  writes: 'sms',
  run({ entering, messageResult }) {
    if (entering) return { kind: 'wait', until: null, effects: [{ kind: 'send', channel: 'sms', message: '' }] };
    return messageResult === null ? { kind: 'wait', until: null } : { kind: 'leave', outlet: NEXT };
  },
});
