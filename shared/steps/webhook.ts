// Calls an address on the web with what is known of the contact. The call goes through the ledger like a message; while calls are
// not set up it is held there, and nothing is lost (FEATURES A4.4).
import { z } from 'zod';
import { longTextField, textField } from '../fields.ts';
import { tagProblems } from '../messages/tag-problems.ts';
import { problem, warning } from '../problem.ts';
import { say } from '../text.ts';
import { defineStep, NEXT } from './step.ts';

export const webhook = defineStep({
  type: 'webhook',
  family: 'people',
  icon: 'webhook',
  label: say('Call a webhook'),
  help: say('Calls an address on the web, to tell another program of the contact, and goes on when that is done, or could not be.'),
  config: z.strictObject({
    url: textField({ label: say('Address'), help: say('Beginning with https://'), max: 2000, required: true }),
    body: longTextField({ label: say('What to send'), help: say('JSON, with merge tags. Empty: the contact’s attributes.'), max: 20_000, mergeTags: true }),
  }),
  outlets: () => [{ id: NEXT, label: say('Next') }],
  summary: ({ url }) => (url.trim() === '' ? say('Choose an address') : say('Call {url}', { url: url.trim() })),
  problems: ({ url, body }, names) => [
    ...(url.trim() === '' || isWebAddress(url.trim()) ? [] : [problem('url-unfit', say('This is not an address on the web. It begins with https:// or http://.'), { field: 'url' })]),
    ...tagProblems({ text: body, name: say('Call a webhook'), hasAttribute: (key) => names.attribute(key) !== undefined, alwaysThere: null, at: (line) => ({ field: 'body', line }) }),
    warning('no-channel', say('Calls to other programs are not set up. What this step sends is held until they are.'), { field: 'url' }),
  ],
  run({ entering, messageResult }) {
    if (entering) return { kind: 'wait', until: null, effects: [{ kind: 'send', channel: 'webhook', message: '' }] };
    return messageResult === null ? { kind: 'wait', until: null } : { kind: 'leave', outlet: NEXT };
  },
});

function isWebAddress(text: string): boolean {
  return /^https?:\/\/[^\s/?#]+/i.test(text);
}
