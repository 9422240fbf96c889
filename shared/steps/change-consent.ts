// Writes consent into the ledger, or withdraws it (FEATURES A4.16). Consent that is given needs evidence in words; it never lifts a
// withdrawal, because only a person can.
import { z } from 'zod';
import { consentChangeField, consentChannelField } from '../common-fields.ts';
import { textField } from '../fields.ts';
import { say } from '../text.ts';
import { defineStep, NEXT } from './step.ts';

export const changeConsent = defineStep({
  type: 'changeConsent',
  family: 'contact',
  icon: 'consent',
  label: say('Change consent'),
  help: say('Records that the contact agrees to messages, with the evidence, or withdraws their consent. Whoever has opted out stays opted out: a flow cannot lift that.'),
  config: z.strictObject({
    change: consentChangeField('withdrawn'),
    channel: consentChannelField(),
    evidence: textField({
      label: say('Evidence'),
      help: say('How it is known that everybody who comes here has agreed: which form, with which words.'),
      max: 500,
      required: true,
      when: { field: 'change', is: ['given'] },
    }),
  }),
  outlets: () => [{ id: NEXT, label: say('Next') }],
  summary({ change, channel }) {
    if (channel === 'email') return change === 'given' ? say('Record consent to e-mail') : say('Withdraw consent to e-mail');
    return change === 'given' ? say('Record consent to text messages') : say('Withdraw consent to text messages');
  },
  run: ({ config: { change, channel, evidence } }) => ({ kind: 'leave', outlet: NEXT, effects: [{ kind: 'consent', channel, given: change === 'given', evidence: evidence.trim() }] }),
});
