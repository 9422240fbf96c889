// Questions that several steps and triggers ask in the same words.
import { choiceField, type FieldMeta } from './fields.ts';
import { say } from './text.ts';

/** By whose clock a time is meant. */
export const whoseTimeField = () =>
  choiceField({
    label: say('Whose time'),
    help: say('A contact without a time zone of their own has the workspace’s.'),
    start: 'contact',
    options: [
      { value: 'contact', label: say('the contact’s time') },
      { value: 'workspace', label: say('the workspace’s time') },
    ],
  });

/** On which side of a day, so many days away. */
export const sideField = (asked: Pick<FieldMeta, 'when'> = {}) =>
  choiceField({
    label: say('Before or after'),
    start: 'on',
    options: [
      { value: 'before', label: say('before') },
      { value: 'on', label: say('on the day of') },
      { value: 'after', label: say('after') },
    ],
    ...asked,
  });

export const consentChangeField = (start: 'given' | 'withdrawn') =>
  choiceField({
    label: say('What happens'),
    start,
    options: [
      { value: 'given', label: say('consent is given') },
      { value: 'withdrawn', label: say('consent is withdrawn') },
    ],
  });

/** The channel that a consent is about. */
export const consentChannelField = () =>
  choiceField({
    label: say('For'),
    start: 'email',
    options: [
      { value: 'email', label: say('e-mail') },
      { value: 'sms', label: say('text messages') },
    ],
  });
