// Segments to start from, along seven axes (FEATURES A5.7). Data only: each is a rule with a name and a reason to have it. What a
// workspace calls a birthday is found by its usual names; what it lacks is said.
import type { Attribute, AttributeKind } from '../contacts/contact.ts';
import type { Condition, Rule } from '../contacts/rule.ts';
import type { Duration } from '../fields.ts';
import { say, type Text } from '../text.ts';

export const AXES = ['value', 'demographics', 'lifeStage', 'attitude', 'behaviour', 'device', 'region'] as const;
export type Axis = (typeof AXES)[number];

/** An attribute that a template asks about, under the names that workspaces give it. */
export type Need = { key: string; kinds: readonly AttributeKind[]; label: Text; names: readonly string[] };

export type SegmentTemplate = {
  id: string;
  axis: Axis;
  name: Text;
  description: Text;
  /** Attributes of the user's own; the rule names them by `key`. */
  needs?: readonly Need[];
  /** An event of the user's own that something outside must report. */
  event?: string;
  rule: Rule;
};

const days = (amount: number): Duration => ({ amount, unit: 'days' });
const years = (amount: number): Duration => ({ amount, unit: 'years' });
const all = (...rules: Rule[]): Rule => ({ kind: 'all', rules });
const any = (...rules: Rule[]): Rule => ({ kind: 'any', rules });
const none = (...rules: Rule[]): Rule => ({ kind: 'none', rules });

type Order = Condition & { kind: 'order' };
const orders = (operator: Order['operator'], value: number, since: Order['since'] = 'ever'): Rule => ({ kind: 'order', measure: 'count', operator, value, since });
const money = (measure: 'sum' | 'average', value: number, since: Order['since']): Rule => ({ kind: 'order', measure, operator: 'atLeast', value, since });
const order = (measure: 'first' | 'last', operator: 'inLast' | 'longerAgo', value: Duration): Rule => ({ kind: 'order', measure, operator, value, since: 'ever' });
const message = (act: (Condition & { kind: 'message' })['act'], did: boolean, since: Duration): Rule => ({ kind: 'message', message: 'any', act, did, since });
const event = (name: string, did: boolean, since: 'ever' | Duration, where?: (Condition & { kind: 'event' })['where']): Rule => ({ kind: 'event', event: name, did, since, ...(where && { where }) });
const attribute = (key: string, operator: (Condition & { kind: 'attribute' })['operator'], value?: string | number | Duration): Rule => ({ kind: 'attribute', attribute: key, operator, ...(value !== undefined && { value }) });

const BIRTHDAY: Need = {
  key: 'birthday',
  kinds: ['date'],
  label: say('Birthday'),
  names: ['birthdate', 'birth_date', 'date_of_birth', 'dob', 'born', 'foedselsdag', 'foedselsdato', 'geboortedatum', 'verjaardag', 'urodziny', 'data_urodzenia', 'foedelsedag', 'foedelsedatum'],
};
const CUSTOMER_SINCE: Need = { key: 'customer_since', kinds: ['date'], label: say('Customer since'), names: ['kunde_siden', 'klant_sinds', 'klient_od', 'kund_sedan', 'member_since', 'first_order_date'] };
const COMPANY: Need = { key: 'company', kinds: ['text', 'choice'], label: say('Company'), names: ['firma', 'virksomhed', 'bedrijf', 'foeretag', 'organisation', 'organization', 'company_name'] };
const SCORE: Need = { key: 'nps', kinds: ['number'], label: say('Recommendation score (0 to 10)'), names: ['nps_score', 'recommendation', 'net_promoter_score'] };

const aged = (from: number, below: number | null): Rule =>
  below === null ? attribute('birthday', 'longerAgo', years(from)) : all(attribute('birthday', 'longerAgo', years(from)), none(attribute('birthday', 'longerAgo', years(below))));
const country = (dialling: string, domain: string): Rule => any(attribute('phone', 'startsWith', dialling), attribute('email', 'endsWith', domain));

export const segmentTemplates: readonly SegmentTemplate[] = [
  { id: 'loyal', axis: 'value', name: say('Loyal customers'), description: say('Five orders or more. They deserve a thank-you before anybody else hears the news.'), rule: orders('atLeast', 5) },
  { id: 'big-spenders', axis: 'value', name: say('Big spenders'), description: say('1,000 or more in the last year, in your currency. Change the amount to what is much for you.'), rule: money('sum', 100_000, years(1)) },
  { id: 'large-orders', axis: 'value', name: say('Large orders'), description: say('500 or more per order on average. Show them the better things first.'), rule: money('average', 50_000, 'ever') },
  { id: 'one-order', axis: 'value', name: say('One order'), description: say('Exactly one order so far. The second one is the hardest to win, and worth the most.'), rule: orders('equals', 1) },
  { id: 'never-bought', axis: 'value', name: say('Never bought'), description: say('Contacts without any order.'), rule: orders('equals', 0) },

  { id: 'aged-18', axis: 'demographics', name: say('18 to 29 years old'), description: say('By their birthday.'), needs: [BIRTHDAY], rule: aged(18, 30) },
  { id: 'aged-30', axis: 'demographics', name: say('30 to 49 years old'), description: say('By their birthday.'), needs: [BIRTHDAY], rule: aged(30, 50) },
  { id: 'aged-50', axis: 'demographics', name: say('50 years and older'), description: say('By their birthday.'), needs: [BIRTHDAY], rule: aged(50, null) },
  { id: 'companies', axis: 'demographics', name: say('Companies'), description: say('Contacts with a company. They may want another tone, and invoices.'), needs: [COMPANY], rule: attribute('company', 'isNotEmpty') },
  { id: 'no-language', axis: 'demographics', name: say('Language unknown'), description: say('Contacts whose language nobody has noted.'), rule: attribute('language', 'isEmpty') },

  { id: 'new-contacts', axis: 'lifeStage', name: say('New contacts'), description: say('Added in the last 30 days.'), rule: event('contact_added', true, days(30)) },
  { id: 'new-customers', axis: 'lifeStage', name: say('New customers'), description: say('Their first order was in the last 30 days.'), rule: order('first', 'inLast', days(30)) },
  { id: 'active-customers', axis: 'lifeStage', name: say('Active customers'), description: say('Two orders or more, the last one within 90 days.'), rule: all(orders('atLeast', 2), order('last', 'inLast', days(90))) },
  { id: 'at-risk', axis: 'lifeStage', name: say('Customers at risk'), description: say('Two orders or more, but none for 90 days. A year has not passed yet: time to write.'), rule: all(orders('atLeast', 2), order('last', 'longerAgo', days(90)), none(order('last', 'longerAgo', years(1)))) },
  { id: 'lost', axis: 'lifeStage', name: say('Lost customers'), description: say('Their last order was more than a year ago.'), rule: order('last', 'longerAgo', years(1)) },
  { id: 'birthday-soon', axis: 'lifeStage', name: say('Birthday in the next 7 days'), description: say('Whoever has a birthday within a week, today included.'), needs: [BIRTHDAY], rule: attribute('birthday', 'anniversaryInNext', days(7)) },
  { id: 'customer-anniversary', axis: 'lifeStage', name: say('Anniversary as a customer'), description: say('The day on which they became customers comes round within a week.'), needs: [CUSTOMER_SINCE], rule: attribute('customer_since', 'anniversaryInNext', days(7)) },

  { id: 'subscribers', axis: 'attitude', name: say('Subscribers'), description: say('Everybody who has agreed to e-mail.'), rule: { kind: 'consent', channel: 'email', given: true } },
  { id: 'unsubscribed', axis: 'attitude', name: say('Unsubscribed'), description: say('Those who have withdrawn their consent and not given it again.'), rule: all(event('consent_withdrawn', true, 'ever', [{ property: 'channel', operator: 'equals', value: 'email' }]), { kind: 'consent', channel: 'email', given: false }) },
  { id: 'promoters', axis: 'attitude', name: say('Promoters'), description: say('Would recommend you: 9 or 10. Ask them for a review.'), needs: [SCORE], rule: attribute('nps', 'atLeast', 9) },
  { id: 'critics', axis: 'attitude', name: say('Critics'), description: say('6 or less. A call helps more than another mail.'), needs: [SCORE], rule: attribute('nps', 'atMost', 6) },

  { id: 'openers', axis: 'behaviour', name: say('Opened lately'), description: say('Opened a message in the last 30 days. Opens made by machines do not count.'), rule: message('opened', true, days(30)) },
  { id: 'clickers', axis: 'behaviour', name: say('Clicked lately'), description: say('Clicked in a message in the last 30 days: the surest sign of interest.'), rule: message('clicked', true, days(30)) },
  { id: 'sleepers', axis: 'behaviour', name: say('Sleepers'), description: say('Were written to in the last 90 days and opened nothing. Wake them up, or let them go.'), rule: all(message('sent', true, days(90)), message('opened', false, days(90))) },
  { id: 'repliers', axis: 'behaviour', name: say('Replied'), description: say('Answered a message in the last 90 days.'), rule: message('replied', true, days(90)) },
  { id: 'bounced', axis: 'behaviour', name: say('Bounced'), description: say('A message to them came back in the last 90 days. Ask for another address.'), rule: message('bounced', true, days(90)) },
  { id: 'abandoned', axis: 'behaviour', name: say('Left the checkout'), description: say('Began to buy in the last 3 days, and did not order.'), event: 'checkout_started', rule: all(event('checkout_started', true, days(3)), orders('equals', 0, days(3))) },
  { id: 'visited-prices', axis: 'behaviour', name: say('Looked at prices'), description: say('Visited a page with “price” in its address in the last 7 days.'), event: 'page_viewed', rule: event('page_viewed', true, days(7), [{ property: 'url', operator: 'contains', value: 'price' }]) },

  { id: 'on-phone', axis: 'device', name: say('Visit on a phone'), description: say('Viewed a page on a phone in the last 90 days. Short subjects, large buttons.'), event: 'page_viewed', rule: event('page_viewed', true, days(90), [{ property: 'device', operator: 'isOneOf', value: ['mobile', 'phone'] }]) },
  { id: 'on-computer', axis: 'device', name: say('Visit on a computer'), description: say('Viewed a page on a computer in the last 90 days.'), event: 'page_viewed', rule: event('page_viewed', true, days(90), [{ property: 'device', operator: 'isOneOf', value: ['desktop', 'computer'] }]) },

  { id: 'denmark', axis: 'region', name: say('Denmark'), description: say('By the dialling code +45, or an address that ends in .dk.'), rule: country('+45', '.dk') },
  { id: 'netherlands', axis: 'region', name: say('Netherlands'), description: say('By the dialling code +31, or an address that ends in .nl.'), rule: country('+31', '.nl') },
  { id: 'poland', axis: 'region', name: say('Poland'), description: say('By the dialling code +48, or an address that ends in .pl.'), rule: country('+48', '.pl') },
  { id: 'sweden', axis: 'region', name: say('Sweden'), description: say('By the dialling code +46, or an address that ends in .se.'), rule: country('+46', '.se') },
  { id: 'own-time-zone', axis: 'region', name: say('In a time zone of their own'), description: say('Contacts with a time zone that is noted: mails reach them at their own clock.'), rule: attribute('time_zone', 'isNotEmpty') },
];

/** The template's rule with this workspace's attributes in it; or what is missing of them. */
export function fitTemplate({ rule, needs = [] }: SegmentTemplate, attributes: readonly Attribute[]): { rule: Rule } | { missing: readonly Need[] } {
  const found = new Map<string, string>();
  const missing: Need[] = [];
  for (const need of needs) {
    const fitting = attributes.filter(({ kind }) => need.kinds.includes(kind));
    const key = [need.key, ...need.names].find((name) => fitting.some((each) => each.key === name));
    if (key === undefined) missing.push(need);
    else found.set(need.key, key);
  }
  return missing.length > 0 ? { missing } : { rule: renamed(rule, found) };
}

function renamed(rule: Rule, keys: ReadonlyMap<string, string>): Rule {
  if ('rules' in rule) return { ...rule, rules: rule.rules.map((each) => renamed(each, keys)) };
  return rule.kind === 'attribute' ? { ...rule, attribute: keys.get(rule.attribute) ?? rule.attribute } : rule;
}
