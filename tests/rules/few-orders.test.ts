// Conditions on orders are answered by one look through all orders where there are few of them, and by asking each contact where
// there are many or the contacts are given. Both must find the same people.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Rule } from '../../shared/contacts/rule.ts';
import { DAY } from '../../shared/time.ts';
import { run, row } from '../../src-main/store/database.ts';
import { happen } from '../workspace-fixture.ts';
import { answerForContacts, compileRule, contactsMatching, ruleContext } from '../../src-main/store/rules.ts';
import { addContact, testWorkspace, type TestWorkspace } from '../workspace-fixture.ts';

let workspace: TestWorkspace;
let ids: number[];
beforeEach(() => {
  workspace = testWorkspace();
  ids = Array.from({ length: 40 }, (_, n) => addContact(workspace, { email: `p${n}@x.dk` }));
  const order = (who: number, daysAgo: number, amount: number, currency = 'DKK', data = {}) => {
    const at = workspace.clock.now() - daysAgo * DAY;
    happen(workspace, ids[who]!, 'order_placed', { at });
    const event = row<{ id: number }>(workspace.db, 'SELECT max(id) AS id FROM events')!.id;
    run(workspace.db, `INSERT INTO orders (order_key, event_id, contact_id, at, local_day, nth, amount, currency, data) VALUES (?, ?, ?, ?, '2026-01-01', 1, ?, ?, ?)`, `o${event}`, event, ids[who], at, amount, currency, JSON.stringify(data));
  };
  order(0, 1, 5000);
  order(0, 200, 7000, 'DKK', { product: 'Tea' });
  order(1, 40, 100_000);
  order(2, 400, 20, 'EUR');
  order(3, -1, 9000); // still to come: not known yet
  order(4, 10, 0);
});
afterEach(() => workspace.close());

const order = (measure: string, operator: string, value: unknown, more: object = {}): Rule => ({ kind: 'order', measure, operator, value, since: 'ever', ...more }) as Rule;

describe('few orders among all', () => {
  test.each<[string, Rule, number | number[]]>([
    ['at least one', order('count', 'atLeast', 1), [0, 1, 2, 4]],
    ['none', order('count', 'equals', 0), 36],
    ['less than two', order('count', 'lessThan', 2), 39],
    ['none in 30 days', order('count', 'equals', 0, { since: { amount: 30, unit: 'days' } }), 38],
    ['sum of nothing is 0', order('sum', 'atMost', 0), 38],
    ['sum', order('sum', 'between', [10_000, 12_000]), [0]],
    ['average needs an order', order('average', 'lessThan', 10_000), [0, 4]],
    ['the first long ago', order('first', 'longerAgo', { amount: 100, unit: 'days' }), [0, 2]],
    ['the last lately', order('last', 'inLast', { amount: 50, unit: 'days' }), [0, 1, 4]],
    ['a product', order('count', 'atLeast', 1, { product: 'tea' }), [0]],
    ['not a product', order('count', 'equals', 0, { product: 'tea' }), 39],
    ['not any of it', { kind: 'none', rules: [order('count', 'equals', 0), order('sum', 'moreThan', 50_000)] }, [0, 2, 4]],
  ])('%s', (_, rule, expected) => {
    const context = ruleContext(workspace);
    expect(context.fewOrders()).toBe(true);
    expect(compileRule(rule, context).sql).toContain('GROUP BY');
    const found = contactsMatching(workspace, rule, { limit: 100 }).toSorted((a, b) => a - b);
    expect(found).toEqual([...answerForContacts(workspace, rule, ids)].toSorted((a, b) => a - b));
    if (typeof expected === 'number') expect(found).toHaveLength(expected);
    else expect(found).toEqual(expected.map((who) => ids[who]));
  });

  test('many orders, and contacts that are given, are asked one by one', () => {
    expect(compileRule(order('count', 'equals', 0), ruleContext(workspace, { over: 'batch' })).sql).not.toContain('GROUP BY');
    for (let n = 0; n < 20; n++) {
      happen(workspace, ids[5]!, 'order_placed');
      const event = row<{ id: number }>(workspace.db, 'SELECT max(id) AS id FROM events')!.id;
      run(workspace.db, `INSERT INTO orders (order_key, event_id, contact_id, at, local_day, nth, amount, currency) VALUES (?, ?, ?, ?, '2026-03-02', 1, 1, 'DKK')`, `m${n}`, event, ids[5], workspace.clock.now());
    }
    expect(compileRule(order('count', 'equals', 0), ruleContext(workspace)).sql).not.toContain('GROUP BY');
    expect(contactsMatching(workspace, order('count', 'atLeast', 20), { limit: 9 })).toEqual([ids[5]]);
  });
});
