// Random histories of imports, edits, deliveries, kills, sleep, clock jumps, restores and decisions, on the machine and on a dumb
// model of it, compared after every one of them (FAULTS 2.3, I1-I11).
import fc from 'fast-check';
import { afterAll, test } from 'vitest';
import { DAY, HOUR } from '../../shared/time.ts';
import { acts, anyCommand, finish } from './commands.ts';
import { removeTemplate } from './machine.ts';
import { newWorld, type World } from './world.ts';

const RUNS = Number(process.env['KANAL_RUNS'] ?? 300);
/** The same histories every time, so that the suite tells what a change has done; KANAL_SEED and KANAL_RUNS look further. */
const SEED = Number(process.env['KANAL_SEED'] ?? 20_260_302);

afterAll(removeTemplate);

async function play(commands: Iterable<fc.AsyncCommand<World, World>>): Promise<void> {
  const world = newWorld();
  try {
    await fc.asyncModelRun(() => ({ model: world, real: world }), commands);
    await finish(world);
  } finally {
    await world.machine.end();
  }
}

const { importRows, advance, jump, backup, restore, smtp, restart, sleep, pause, comeBack, edit, resume, deleteStep } = acts;

/** Histories that once ended otherwise than the model says. */
const REGRESSIONS: [string, fc.AsyncCommand<World, World>[]][] = [
  ['a message that had left before a restore lets go on whoever waits for it', [jump(-3 * HOUR), importRows([0], true), backup, advance(HOUR), restore]],
  ['killed between the acceptance and its reply', [smtp(['kill-stored', 'rcpt-550']), importRows([0, 1], true), jump(-HOUR), restart, advance(DAY)]],
  ['a wait that is edited during a pause is not over because of that', [importRows([0], true), advance(HOUR), pause, edit({ op: 'change', at: 0, hours: 50 }), advance(HOUR), resume('exit'), advance(3 * DAY)]],
  ['a step that is deleted during a pause, and a clock that is set back before its end', [importRows([0, 1], true), advance(HOUR), pause, deleteStep(1, 'next', 0), jump(-2 * HOUR), resume('shift'), advance(3 * DAY)]],
  ['a pause that ends before it began, by the clock', [importRows([0, 1], true), advance(2 * HOUR), pause, jump(-HOUR), resume('shift'), advance(3 * DAY)]],
  ['asleep in a pause', [importRows([0], true), sleep(2), pause, comeBack('shift'), advance(DAY)]],
];

test.each(REGRESSIONS)('%s', async (_, commands) => play(commands));

const LIMIT = 120_000 + RUNS * 1000;

test(`${RUNS} random histories end as the model says`, { timeout: LIMIT }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.commands(anyCommand, { maxCommands: 60, size: 'max' }), play),
    // A history that ends otherwise is named even where there is no time left to find the shortest such.
    { numRuns: RUNS, seed: SEED, interruptAfterTimeLimit: LIMIT - 60_000, markInterruptAsFailure: true },
  );
});
