// Starts when a contact gives consent, or withdraws it.
import { z } from 'zod';
import { consentChangeField, consentChannelField } from '../common-fields.ts';
import { topicField } from '../fields.ts';
import { say } from '../text.ts';
import { defineTrigger } from './trigger.ts';

export const consentChanged = defineTrigger({
  type: 'consentChanged',
  icon: 'consent',
  label: say('Consent changed'),
  help: say('Starts when a contact agrees to messages, or opts out. Who has opted out can still be tagged and told apart; marketing does not reach them.'),
  config: z.strictObject({
    change: consentChangeField('given'),
    channel: consentChannelField(),
    topic: topicField({ label: say('Topic'), help: say('Left empty, it is about the channel as a whole.') }),
  }),
  summary({ change, channel, topic: key }, names) {
    const topic = key === null ? null : (names.topic?.(key) ?? key);
    if (topic !== null) return change === 'given' ? say('When a contact agrees to the topic “{topic}”', { topic }) : say('When a contact opts out of the topic “{topic}”', { topic });
    if (channel === 'email') return change === 'given' ? say('When a contact agrees to e-mail') : say('When a contact opts out of e-mail');
    return change === 'given' ? say('When a contact agrees to text messages') : say('When a contact opts out of text messages');
  },
  existing: ({ change, channel, topic }) => (change === 'given' ? { kind: 'consent', channel, ...(topic !== null && { topic }), given: true } : null),
  source: ({ change, channel, topic }) => ({ on: 'event', types: [`consent_${change}`], accepts: ({ data }) => (data.topic ?? null) === topic, matching: { type: `consent_${change}`, channel } }),
});
