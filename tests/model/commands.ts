// What may happen to a machine and its model (FAULTS 2.3), each with what the model makes of it; after every command both are compared.
import fc from 'fast-check';
import { expect } from 'vitest';
import type { ImportPlan } from '../../shared/contacts/import-plan.ts';
import type { RemovedChoice } from '../../shared/flow/removed.ts';
import { RESUME_CHOICES, RETURN_CHOICES, type ResumeChoice, type ReturnChoice } from '../../shared/flow/resuming.ts';
import { ProblemError } from '../../shared/problem.ts';
import { DAY, HOUR, MINUTE } from '../../shared/time.ts';
import { decide, type Decision } from '../../src-main/runner/outbox-decide.ts';
import { recordConsent } from '../../src-main/store/consents.ts';
import { insertContact } from '../../src-main/store/contacts.ts';
import { row, rows, transaction } from '../../src-main/store/database.ts';
import { eventsRead } from '../../src-main/store/hearings.ts';
import { beginImport } from '../../src-main/store/imports.ts';
import { ADDRESSES, ANSWERS, type SmtpAnswer } from './machine.ts';
import { Model, type ChainStep } from './model.ts';
import { compare, expectWhole, flowFrom, look, pass, type World } from './world.ts';

async function publish(world: World, chain: ChainStep[], removed: RemovedChoice[] = [], keep = false): Promise<void> {
  const { machine, model } = world;
  const { revision } = await machine.calls['flows.get']({ flow: 1 });
  await machine.calls['flows.saveDraft']({ flow: 1, draft: flowFrom(chain), revision });
  const following = model.inside().filter(({ kept }) => kept === null).length;
  const { kept } = await machine.calls['flows.publish']({ flow: 1, removed, keep });
  expect(kept, 'A14.6: who stays').toBe(keep ? following : 0);
  model.published(chain, keep);
}

type Command = fc.AsyncCommand<World, World>;

/** A command from words, when it may be, and what it does. */
function act(words: string, play: (world: World) => Promise<unknown>, may: (world: Readonly<World>) => boolean = ({ machine }) => machine.isAlive): Command {
  return { check: may, run: async (world) => void (await play(world)), toString: () => words };
}

const importRows = (who: number[], startFlows: boolean) =>
  act(`Import(${who.join()}${startFlows ? ' starts flows' : ''})`, async (world) => {
    const { machine, model } = world;
    const { workspace } = machine;
    transaction(workspace.db, () => {
      const importId = beginImport(workspace, 'people.csv', { kind: 'contacts', startFlows } as ImportPlan);
      for (const address of new Set(who.map((n) => ADDRESSES[n]!))) {
        if (model.contacts.has(address)) continue;
        const id = insertContact(workspace, { email: address }, { source: 'import', importId });
        recordConsent(workspace, { contactId: id, channel: 'email', given: true, source: 'form', actor: 'import' });
        model.contacts.set(address, id);
        if (startFlows && model.pausedAt === null) model.mustEnter.add(id);
      }
    });
    await look(world);
  });

const enrol = (who: number) =>
  act(
    `Enrol(${who})`,
    async (world) => {
      const { machine, model } = world;
      const contact = [...model.contacts.values()][who % model.contacts.size]!;
      const isInside = model.inside().some((each) => each.contact === contact);
      if (model.mustEnter.delete(contact)) model.mayEnter.add(contact);
      const { enrolled } = await machine.calls['flows.enroll']({ flow: 1, contacts: [contact], rule: null });
      expect(enrolled, 'D7: again only when out').toBe(isInside ? 0 : 1);
      if (!isInside) model.mayEnter.add(contact);
      await compare(world, false);
      await look(world);
    },
    ({ machine, model }) => machine.isAlive && model.contacts.size > 0 && model.pausedAt === null,
  );

const advance = (ms: number) => act(`Advance(${ms / MINUTE} min)`, (world) => pass(world, ms));

const comeBack = (choice: ReturnChoice) =>
  act(
    `ComeBack(${choice})`,
    async (world) => {
      const { machine, model } = world;
      const seen = machine.see();
      const { from } = machine.runner.absence.report()!;
      machine.runner.absence.comeBack(choice, 0);
      if (choice === 'shift' && model.pausedAt === null) model.shift(from, seen);
      await look(world);
    },
    ({ machine, model }) => machine.isAlive && model.away && machine.runner.absence.report() !== null,
  );

const sleep = (days: number) =>
  act(`SleepWake(${days} days)`, async (world) => {
    world.machine.now += days * DAY;
    await look(world);
  });

const jump = (ms: number) =>
  act(
    `ClockJump(${ms / HOUR} h)`,
    async (world) => {
      world.machine.now += ms;
      if (ms < 0) world.model.clockWasSetBack = true;
      if (world.machine.isAlive) await look(world);
    },
    () => true,
  );

const smtp = (answers: SmtpAnswer[]) => act(`Smtp(${answers.join()})`, async ({ machine }) => void machine.script.push(...answers));
const kill = act('Kill', async ({ machine }) => machine.kill());

const restart = act(
  'Restart',
  async (world) => {
    const { machine } = world;
    if (machine.isAlive) await machine.stop();
    expectWhole(machine.start());
    await look(world);
  },
  () => true,
);

const suppress = (who: number) =>
  act(`Suppress(${who})`, async (world) => {
    const address = ADDRESSES[who]!;
    // What holds already is said by nobody anew.
    if (!world.machine.see().suppressed.has(address)) world.model.optOut(world.model.contacts.get(address));
    await world.machine.calls['suppressions.add']({ addresses: [address], reason: 'unsubscribed' });
    world.model.suppressed.add(address);
    await look(world);
  });

const unsuppress = (who: number) =>
  act(
    `Unsuppress(${who})`,
    async (world) => {
      const { workspace, calls } = world.machine;
      const found = row<{ id: number }>(workspace.db, 'SELECT id FROM suppressions WHERE address = ?', ADDRESSES[who]!);
      if (found === undefined) return;
      await calls['suppressions.remove']({ id: found.id, reason: 'asked for it', confirmed: true });
      world.model.suppressed.delete(ADDRESSES[who]!);
      await look(world);
    },
  );

type Op = { op: 'change'; at: number; hours: number } | { op: 'insert'; at: number; kind: ChainStep['kind']; hours: number } | { op: 'move'; from: number; to: number } | { op: 'circle' };

const edit = (op: Op, keep = false) =>
  act(`EditFlow(${JSON.stringify(op)}${keep ? ', keep' : ''})`, async (world) => {
    const chain = [...world.model.chain];
    if (op.op === 'circle') return refuseCircle(world);
    if (op.op === 'change') {
      const waits = chain.filter(({ kind }) => kind === 'wait');
      const chosen = waits[op.at % waits.length];
      if (chosen === undefined) return;
      chain[chain.indexOf(chosen)] = { ...chosen, hours: op.hours };
    } else if (op.op === 'insert') chain.splice(op.at % (chain.length + 1), 0, { id: `new${++world.fresh}`, kind: op.kind, hours: op.hours });
    else chain.splice(op.to % chain.length, 0, ...chain.splice(op.from % chain.length, 1));
    await publish(world, chain, [], keep);
    await look(world);
  });

/** Some of those who were kept, or all of them, go on in the last version. */
const follow = (which: number | null) =>
  act(`Follow(${which ?? 'all'})`, async (world) => {
    const { machine, model } = world;
    const kept = model.inside().filter((passage) => passage.kept !== null);
    const chosen = which === null ? kept : kept.filter(({ id }) => id % 3 === which);
    const { done } = await machine.calls['enrollments.follow']({ flow: 1, enrollments: which === null ? null : chosen.map(({ id }) => id), step: null });
    expect(done, 'A14.6: who is brought over').toBe(chosen.length);
    for (const passage of chosen) passage.kept = null;
    await look(world);
  });

/** I8: a circle without time cannot be started. */
async function refuseCircle({ machine, model }: World): Promise<void> {
  const [one, other]: ChainStep[] = [{ id: 'r1', kind: 'tag', hours: 0 }, { id: 'r2', kind: 'tag', hours: 0 }];
  const { revision } = await machine.calls['flows.get']({ flow: 1 });
  await machine.calls['flows.saveDraft']({ flow: 1, draft: flowFrom([...model.chain, one!, other!], { from: 'r2', outlet: 'next', to: 'r1' }), revision });
  await expect(Promise.resolve().then(() => machine.calls['flows.publish']({ flow: 1 })), 'I8').rejects.toThrow(ProblemError);
}

const deleteStep = (at: number, policy: 'next' | 'exit' | 'move' | 'keep', target: number) =>
  act(
    `DeleteStep(${at}, ${policy} ${target})`,
    async (world) => {
      const { model } = world;
      const chain = [...model.chain];
      const [gone] = chain.splice(at % chain.length, 1);
      const go = policy === 'move' ? { to: chain[target % chain.length]!.id } : 'exit';
      await publish(world, chain, policy === 'exit' || policy === 'move' ? [{ step: gone!.id, go }] : [], policy === 'keep');
      if (policy === 'exit' || policy === 'move') model.redirects.get(gone!.id)!.to = typeof go === 'string' ? null : go.to;
      await look(world);
    },
    ({ machine, model }) => machine.isAlive && model.chain.length > 1,
  );

const pause = act(
  'Pause',
  async (world) => {
    await world.machine.calls['flows.pause']({ flow: 1 });
    world.model.pausedAt = world.machine.now;
    // What was recorded before may still let somebody in when it goes on; nobody says that it must.
    for (const contact of world.model.mustEnter) world.model.mayEnter.add(contact);
    world.model.mustEnter.clear();
    await look(world);
  },
  ({ machine, model }) => machine.isAlive && model.pausedAt === null,
);

const resume = (choice: ResumeChoice) =>
  act(
    `Resume(${choice})`,
    async (world) => {
      const { machine, model } = world;
      const seen = machine.see();
      if (choice === 'exit') for (const passage of model.overdue(seen)) passage.letOut = 'overdue-on-resume';
      if (choice === 'shift') model.shift(model.pausedAt!, seen);
      await machine.calls['flows.resume']({ flow: 1, overdue: choice });
      model.pausedAt = null;
      await compare(world, false);
      await look(world);
    },
    ({ machine, model }) => machine.isAlive && model.pausedAt !== null,
  );

const backup = act('Backup', async (world) => {
  world.machine.backup();
  world.backup = structuredCloneOf(world.model);
});

function structuredCloneOf(model: Model): Model {
  return Object.assign(Object.create(Model.prototype) as Model, structuredClone({ ...model }));
}

const restore = act(
  'Restore',
  async (world) => {
    const { machine, model } = world;
    const before = machine.see();
    expectWhole(await machine.restore());
    model.restored(structuredCloneOf(world.backup!), machine.now, before);
    // Of what the older file did not know they are told as of everything new.
    const told = rows<{ contact: number }>(machine.workspace.db, `SELECT contact_id AS contact FROM events WHERE type = 'suppressed' AND source = 'guard' AND data ->> 'reason' <> 'bounced' AND id > ?`, eventsRead(machine.workspace));
    for (const { contact } of told) model.optOut(contact);
    await look(world);
  },
  ({ machine, backup: copy }) => machine.isAlive && copy !== null,
);

const person = (decision: Decision, which: number) =>
  act(`${decision === 'resend' ? 'Resend' : decision}(${which})`, async (world) => {
    const { machine, model } = world;
    const { ledger } = machine.see();
    const line = ledger[which % Math.max(1, ledger.length)];
    if (line === undefined) return;
    const isOpen = line.state === 'unknown' || (line.state === 'held' && decision !== 'markSent') || (line.state === 'failed' && decision === 'resend');
    const audits = () => rows(machine.workspace.db, `SELECT 1 FROM audit WHERE action = ?`, `outbox.${decision}`).length;
    const auditsBefore = audits();
    if (!isOpen) {
      expect(() => decide(machine.workspace, line.id, decision), `I7: ${line.state} is settled`).toThrow(ProblemError);
      return;
    }
    decide(machine.workspace, line.id, decision);
    expect(audits(), 'I7: in the audit').toBe(auditsBefore + 1);
    model.decided.add(line.key);
    const mark = `${line.key} ${line.address}`;
    if (decision === 'resend') model.resends.set(mark, (model.resends.get(mark) ?? 0) + 1);
    await compare(world, false);
    await look(world);
  });

/** For histories that a test writes out. */
export const acts = { importRows, enrol, advance, comeBack, sleep, jump, smtp, kill, restart, suppress, edit, follow, deleteStep, pause, resume, backup, restore, person };

const who = fc.nat(ADDRESSES.length - 1);
const hours = fc.integer({ min: 1, max: 72 });
const kinds = fc.constantFrom<ChainStep['kind']>('wait', 'mail', 'tag', 'split');

/** As often as it is listed. */
export const anyCommand: fc.Arbitrary<Command>[] = [
  fc.tuple(fc.array(who, { minLength: 1, maxLength: 4 }), fc.boolean()).map(([people, starts]) => importRows(people, starts)),
  fc.array(who, { minLength: 1, maxLength: 4 }).map((people) => importRows(people, true)),
  who.map(enrol),
  who.map(enrol),
  fc.integer({ min: 1, max: 4 * 24 * 60 }).map((minutes) => advance(minutes * MINUTE)),
  fc.integer({ min: 1, max: 4 * 24 * 60 }).map((minutes) => advance(minutes * MINUTE)),
  fc.integer({ min: 1, max: 4 * 24 * 60 }).map((minutes) => advance(minutes * MINUTE)),
  fc.constantFrom(...RETURN_CHOICES).map(comeBack),
  fc.constantFrom(...RETURN_CHOICES).map(comeBack),
  fc.integer({ min: 2, max: 30 }).map(sleep),
  fc.integer({ min: -60, max: 30 }).map((h) => jump(h * HOUR)),
  fc.array(fc.constantFrom(...ANSWERS), { minLength: 1, maxLength: 4 }).map(smtp),
  fc.array(fc.constantFrom(...ANSWERS), { minLength: 1, maxLength: 4 }).map(smtp),
  fc.constant(kill),
  fc.constant(restart),
  fc.constant(restart),
  who.map(suppress),
  who.map(unsuppress),
  fc
    .tuple(
      fc.oneof(
        fc.record({ op: fc.constant('change' as const), at: fc.nat(5), hours }),
        fc.record({ op: fc.constant('insert' as const), at: fc.nat(9), kind: kinds, hours }),
        fc.record({ op: fc.constant('move' as const), from: fc.nat(9), to: fc.nat(9) }),
        fc.constant({ op: 'circle' as const }),
      ),
      fc.boolean(),
    )
    .map(([op, keep]) => edit(op, keep)),
  fc.option(fc.nat(2)).map(follow),
  fc.tuple(fc.nat(9), fc.constantFrom('next' as const, 'exit' as const, 'move' as const, 'keep' as const), fc.nat(9)).map(([at, policy, target]) => deleteStep(at, policy, target)),
  fc.constant(pause),
  fc.constantFrom(...RESUME_CHOICES).map(resume),
  fc.constantFrom(...RESUME_CHOICES).map(resume),
  fc.constant(backup),
  fc.constant(restore),
  fc.tuple(fc.constantFrom<Decision>('resend', 'resend', 'markSent', 'cancel'), fc.nat(20)).map(([decision, which]) => person(decision, which)),
];

/** At the end everything is let go: everybody comes out, but for those whose message waits for a person (I6). */
export async function finish(world: World): Promise<void> {
  const { machine, model } = world;
  machine.script.length = 0;
  if (!machine.isAlive) expectWhole(machine.start());
  await look(world);
  if (model.away) await comeBack('send').run(world, world);
  if (model.pausedAt !== null) await resume('send').run(world, world);
  for (let n = 0; n < 200 && machine.runner.nextDueAt(machine.now) !== null; n++) {
    machine.now = Math.min(machine.now + 12 * HOUR, machine.runner.nextDueAt(machine.now)!);
    await look(world);
  }
  const held = new Set(machine.see().ledger.filter(({ state }) => state === 'held').map(({ key }) => key));
  for (const passage of model.inside()) expect([...held], `I6: ${passage.id} has come out, or waits for a person`).toContain(`1:${passage.id}:${passage.step}:${passage.visit}`);
}
