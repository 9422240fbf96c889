// Sends an e-mail. The contact stays here until the message is settled, whichever way that ends; it goes on in every case.
// Whoever has opted out is the flow's business (FEATURES D14), so the runner, not this step, decides about leaving.
import { z } from 'zod';
import { messageField } from '../fields.ts';
import { SENDING_FIELDS } from '../messages/sending-rules.ts';
import { say } from '../text.ts';
import { defineStep, NEXT } from './step.ts';

export const sendEmail = defineStep({
  type: 'sendEmail',
  family: 'message',
  icon: 'mail',
  label: say('Send e-mail'),
  help: say('Sends a message to the contact and goes on when it has been sent, or could not be.'),
  config: z.strictObject({
    message: messageField({ label: say('E-mail'), help: say('The message to send, as it is when its turn comes.'), required: true }),
    ...SENDING_FIELDS,
  }),
  outlets: () => [{ id: NEXT, label: say('Next') }],
  summary: ({ message }, names) =>
    message === null ? say('Choose an e-mail') : say('Send “{message}”', { message: names.message(message) ?? message }),
  writes: 'email',
  run({ config, entering, messageResult }) {
    if (config.message === null) throw new Error('A step without an e-mail was published');
    if (entering) return { kind: 'wait', until: null, effects: [{ kind: 'send', channel: 'email', message: config.message }] };
    return messageResult === null ? { kind: 'wait', until: null } : { kind: 'leave', outlet: NEXT };
  },
});
