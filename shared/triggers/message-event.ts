// Starts when a contact opens, clicks in or replies to a message, or when it bounces (FEATURES A1.7).
import { z } from 'zod';
import { choiceField, messageField } from '../fields.ts';
import { say, type Text } from '../text.ts';
import { defineTrigger } from './trigger.ts';

export const messageEvent = defineTrigger({
  type: 'messageEvent',
  icon: 'mail',
  label: say('Reaction to a message'),
  help: say(
    'Starts when a contact opens a message, clicks in it or replies to it, or when it bounces. Some mail programs open every message by themselves: an open that is known to be a machine’s does not count, but a click says more.',
  ),
  config: z.strictObject({
    act: choiceField({
      label: say('What happens'),
      start: 'clicked',
      options: [
        { value: 'opened', label: say('the message is opened') },
        { value: 'clicked', label: say('a link in it is clicked') },
        { value: 'replied', label: say('it is replied to') },
        { value: 'bounced', label: say('it bounces') },
      ],
    }),
    message: messageField({ label: say('E-mail'), help: say('None chosen: any message.') }),
  }),
  summary({ act, message: key }, names) {
    const message = key === null ? say('any message') : say('“{message}”', { message: names.message(key) ?? key });
    return whenText(act, message);
  },
  existing: ({ act, message }) => ({ kind: 'message', message: message ?? 'any', act, did: true, since: 'ever' }),
  source: ({ act, message }) => ({ on: 'event', types: [`message_${act}`], matching: { type: `message_${act}`, ...(message !== null && { message }) } }),
});

function whenText(act: 'opened' | 'clicked' | 'replied' | 'bounced', message: Text): Text {
  switch (act) {
    case 'opened':
      return say('When a contact opens {message}', { message });
    case 'clicked':
      return say('When a contact clicks in {message}', { message });
    case 'replied':
      return say('When a contact replies to {message}', { message });
    case 'bounced':
      return say('When {message} bounces', { message });
  }
}
