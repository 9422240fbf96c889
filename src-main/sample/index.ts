// The sample workspace "Nordlys Kaffe": about 500 people, three flows, and sixty days in which two of them have run. Its
// history is made by the real runner on a virtual clock, so every number in it adds up. Nothing of it ever leaves the machine.
import { readFileSync } from 'node:fs';
import { calls } from '../../shared/api.ts';
import { DAY, HOUR, localDate, atLocal, type Instant } from '../../shared/time.ts';
import { virtualClock } from '../clock.ts';
import type { MailChannel } from '../channels/channel.ts';
import { contactHandlers } from '../handlers/contacts.ts';
import { flowHandlers } from '../handlers/flows.ts';
import { createOutbox } from '../runner/outbox.ts';
import { createRunner } from '../runner/runner.ts';
import { runUntil } from '../runner/run-until.ts';
import { attributesOf, type AttributeMap } from '../store/attributes.ts';
import { recordConsent } from '../store/consents.ts';
import { insertContact } from '../store/contacts.ts';
import { transaction, type Database } from '../store/database.ts';
import { recordOrder } from '../store/orders.ts';
import { listMessages } from '../store/outbox.ts';
import { forget } from '../store/runner-state.ts';
import { readSettings, writeSettings } from '../store/settings.ts';
import { addTagFor } from '../store/tags.ts';
import type { Workspace } from '../workspace.ts';
import { seededChance, type Chance } from './chance.ts';
import { readLists, samplePeople, type SamplePerson } from './people.ts';

const PEOPLE = 500;
const DAYS = 60;

/** What share of the people reacts to a mail. */
const OPENED = 0.38;
const CLICKED = 0.22;
const OPTED_OUT = 0.01;

type Sent = { to: string; at: Instant };
type Person = SamplePerson & { id: number };

/**
 * Fills a new workspace with the sample. `db` is a workspace that nobody has open yet, `now` is the instant at which the
 * sixty days end. Takes a second or two.
 */
export async function fillSample(db: Database, now: Instant): Promise<void> {
  const zone = readSettings({ db }).timeZone;
  writeSettings({ db }, { postalAddress: 'Havnegade 12, 8000 Aarhus C, Denmark' });
  const clock = virtualClock(atLocal(localDate(now - DAYS * DAY, zone), '08:00', zone));
  const workspace: Workspace = { file: ':sample:', db, clock, secrets: noSecrets, tell: () => undefined, changed: () => undefined, wake: () => undefined };
  const chance = seededChance(2016);
  const sent: Sent[] = [];
  const outbox = createOutbox(workspace, { openChannel: () => recordingChannel(workspace, sent), channel: recordingChannel(workspace, sent) });
  const runner = createRunner(workspace, outbox);

  const flows = flowHandlers(workspace);
  const add = async (name: string) => {
    const fileName = `${name}.kanalflow`;
    const text = readFileSync(new URL(`../../assets/sample/${fileName}`, import.meta.url), 'utf8');
    return (await flows['flows.importFile']({ text, fileName })).id;
  };
  const welcome = await add('welcome');
  const birthday = await add('birthday');
  await add('win-back');

  const people = samplePeople(PEOPLE, DAYS, readLists(), chance);
  const byEmail = new Map<string, Person>();
  const attributes = attributesOf(workspace);
  const join = (person: SamplePerson, at: Instant) => byEmail.set(person.values.email, { ...person, id: addPerson(workspace, person, at, now, attributes, chance) });
  const later = people.filter((person) => person.joinedDaysAgo < DAYS);
  transaction(db, () => {
    for (const person of people) if (person.joinedDaysAgo >= DAYS) join(person, now - person.joinedDaysAgo * DAY);
  });
  await flows['flows.publish']({ flow: welcome });
  await flows['flows.publish']({ flow: birthday });

  for (let daysAgo = DAYS - 1; daysAgo >= 0; daysAgo--) {
    const morning = atLocal(localDate(now - daysAgo * DAY, zone), '08:30', zone);
    const until = Math.min(morning + DAY / 2, now);
    await runUntil(workspace, runner, clock, Math.min(morning, now));
    transaction(db, () => {
      for (const person of later) if (person.joinedDaysAgo === daysAgo) join(person, clock.now());
      for (const person of byEmail.values()) recordOrders(workspace, person, daysAgo);
    });
    await recordReactions(workspace, sent.splice(0), byEmail, chance);
    await runUntil(workspace, runner, clock, until);
  }
  await runUntil(workspace, runner, clock, now);
  await outbox.close();
  // The workspace lives on in real time.
  forget(workspace, 'virtual-clock');
}

function addPerson(workspace: Workspace, person: SamplePerson, at: Instant, end: Instant, attributes: AttributeMap, chance: Chance): number {
  const values = Object.fromEntries(Object.entries(person.values).filter(([, value]) => value !== null));
  const id = insertContact(workspace, values, { source: 'sample', at }, attributes);
  if (person.newsletter) {
    recordConsent(workspace, { contactId: id, channel: 'email', given: true, source: chance.pick(['Newsletter form', 'Checkout', 'Fair in Aarhus']), wording: 'Yes, write to me about coffee.', actor: 'sample', at });
    addTagFor(workspace, [{ contactId: id }], 'newsletter', { source: 'sample', at });
  }
  for (const order of person.orders) if (order.daysAgo > DAYS) placeOrder(workspace, id, order, end - order.daysAgo * DAY);
  return id;
}

function recordOrders(workspace: Workspace, person: Person, daysAgo: number): void {
  for (const order of person.orders) if (order.daysAgo === daysAgo) placeOrder(workspace, person.id, order, workspace.clock.now());
}

function placeOrder(workspace: Workspace, contactId: number, order: SamplePerson['orders'][number], at: Instant): void {
  recordOrder(workspace, { orderKey: `N-${contactId}-${order.daysAgo}`, contactId, at, amount: order.amount, source: 'sample', data: { product: order.product } });
}

/** What people did with the mails of the last day: opens and clicks some hours after, and now and then an opt-out. */
async function recordReactions(workspace: Workspace, sent: readonly Sent[], byEmail: ReadonlyMap<string, Person>, chance: Chance): Promise<void> {
  const reactions: { email: string; type: string; at: Instant; data: { message: string } }[] = [];
  for (const { to, at } of sent) {
    const contact = byEmail.get(to)?.id;
    const message = contact === undefined ? undefined : listMessages(workspace, { flow: null, contact, state: 'sent', limit: 1 })[0]?.message;
    if (contact === undefined || message === undefined || chance.next() > OPENED) continue;
    const opened = Math.min(at + chance.between(1, 11) * HOUR, workspace.clock.now());
    reactions.push({ email: to, type: 'message_opened', at: opened, data: { message } });
    if (chance.next() < CLICKED) reactions.push({ email: to, type: 'message_clicked', at: opened, data: { message } });
    if (chance.next() < OPTED_OUT) recordConsent(workspace, { contactId: contact, channel: 'email', given: false, source: 'Unsubscribe link', actor: 'sample', at: opened });
  }
  const { input } = calls['events.record'];
  await contactHandlers(workspace)['events.record'](input.parse({ events: reactions }));
}

/** Accepts every mail and keeps none. */
function recordingChannel(workspace: Workspace, sent: Sent[]): MailChannel {
  return {
    name: 'sample',
    reachesNobody: true,
    defaultFrom: { name: 'Nordlys Kaffe', address: 'hej@nordlys-kaffe.example' },
    async deliver(mail, handed) {
      if (!(await handed(null))) return { result: 'failed', temporary: true, scope: 'message', code: 'not-handed', response: '' };
      sent.push({ to: mail.to, at: workspace.clock.now() });
      return { result: 'sent', response: '250 sample' };
    },
    async close() {
      // Nothing is open.
    },
  };
}

const noSecrets = { get: () => null, set: () => undefined, remove: () => undefined };
