// Starts when a contact gives consent, or withdraws it.
import { z } from 'zod';
import { choiceField } from '../fields.ts';
import { say } from '../text.ts';
import { defineTrigger } from './trigger.ts';

export const consentChanged = defineTrigger({
  type: 'consentChanged',
  icon: 'consent',
  label: say('Consent changed'),
  help: say('Starts when a contact agrees to messages, or opts out. Who has opted out can still be tagged and told apart; marketing does not reach them.'),
  config: z.strictObject({
    change: choiceField({
      label: say('What happens'),
      start: 'given',
      options: [
        { value: 'given', label: say('consent is given') },
        { value: 'withdrawn', label: say('consent is withdrawn') },
      ],
    }),
    channel: choiceField({
      label: say('For'),
      start: 'email',
      options: [
        { value: 'email', label: say('e-mail') },
        { value: 'sms', label: say('text messages') },
      ],
    }),
  }),
  summary({ change, channel }) {
    if (channel === 'email') return change === 'given' ? say('When a contact agrees to e-mail') : say('When a contact opts out of e-mail');
    return change === 'given' ? say('When a contact agrees to text messages') : say('When a contact opts out of text messages');
  },
  existing: ({ change, channel }) => (change === 'given' ? { kind: 'consent', channel, given: true } : null),
  source: ({ change, channel }) => ({ on: 'event', types: [`consent_${change}`], matching: { type: `consent_${change}`, channel } }),
});
