// Starts when a contact places an order: any, or their first; of so much at least; with the right properties (FEATURES A1.8).
import { z } from 'zod';
import { conditionsFrom, filteredText, filterProblems, filtersField } from '../contacts/event-question.ts';
import { choiceField, numberField } from '../fields.ts';
import { say } from '../text.ts';
import { defineTrigger } from './trigger.ts';

export const orderPlaced = defineTrigger({
  type: 'orderPlaced',
  icon: 'cart',
  label: say('Order placed'),
  help: say('Starts when a contact places an order, as a shop or a file reports it.'),
  config: z.strictObject({
    which: choiceField({
      label: say('Which'),
      start: 'any',
      options: [
        { value: 'any', label: say('any order') },
        { value: 'first', label: say('the contact’s first order') },
      ],
    }),
    atLeast: numberField({
      label: say('Amount at least'),
      help: say('In the workspace’s currency; orders in another one are then left out. 0: any amount.'),
      start: 0,
      min: 0,
      max: 1_000_000_000,
      whole: false,
    }),
    where: filtersField({ label: say('Only if') }),
  }),
  summary({ which, atLeast, where }) {
    const order = which === 'first' ? say('When a contact places their first order') : say('When a contact places an order');
    return filteredText(atLeast > 0 ? say('{order} of at least {amount}', { order, amount: atLeast }) : order, where);
  },
  problems: ({ where }) => filterProblems(where, 'where'),
  existing: ({ atLeast, where }) => (atLeast > 0 || where.length > 0 ? null : { kind: 'order', measure: 'count', operator: 'atLeast', value: 1, since: 'ever' }),
  source: ({ which, atLeast, where }) => ({
    on: 'event',
    types: ['order_placed'],
    matching: { type: 'order_placed', isFirst: which === 'first', amountAtLeast: atLeast, where: conditionsFrom(where) },
  }),
});
