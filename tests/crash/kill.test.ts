// kill -9 in the middle of a run, again and again: nothing is lost, nothing is sent twice, and everybody ends where they would
// have ended (FAULTS F1, F2, I1, I3, I6, I9, I10). A real process, a real file, a real SMTP server on loopback.
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CONNECTIONS, ending, expectSameEnd, expectWhole, folder, mailServer, pause, runProgram, workspaceFile } from './stage.ts';
import { seeded } from './random.ts';

/** KANAL_KILLS for more than the suite has time for. */
const KILLS = Number(process.env['KANAL_KILLS'] ?? 12);
/** Enough that there is still something to do at the last kill. */
const PEOPLE = Math.max(150, KILLS * 6);

const [calm, stormy] = ['calm', 'stormy'].map((name) => join(folder, `${name}.kanal`)) as [string, string];

beforeAll(async () => {
  const file = await workspaceFile('start', PEOPLE);
  for (const copy of [calm, stormy]) cpSync(file, copy);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test(`a run that is killed ${KILLS} times ends like one that is not`, { timeout: 240_000 + KILLS * 5_000 }, async () => {
  const calmServer = await mailServer();
  const undisturbed = await runProgram(calm, calmServer.port).ended;
  expect(undisturbed, undisturbed.errors).toMatchObject({ code: 0 });
  await calmServer.close();
  const expected = ending(calm);
  expect(expected.messages.every(({ state }) => state === 'sent')).toBe(true);

  const server = await mailServer();
  const random = seeded(20_260_302);
  let midway = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    const run = runProgram(stormy, server.port);
    const seen = { end: false };
    const ended = run.ended.then(() => void (seen.end = true));
    const enough = server.total() + 1 + random(30);
    // Every third kill falls into the start and its clearing up; the others after so many mails.
    const isEarly = kill % 3 === 2;
    const limit = isEarly ? 100 + random(500) : 15_000;
    const isTime = () => seen.end || (!isEarly && server.total() >= enough);
    for (let waited = 0; waited < limit && !isTime(); waited += 5) await pause(5);
    await pause(random(10));
    if (!seen.end) midway++;
    run.kill();
    await ended;
    expectWhole(stormy);
  }
  // The kills did fall into the work, or nothing was tried.
  expect(midway).toBeGreaterThan(KILLS / 2);
  const last = await runProgram(stormy, server.port).ended;
  expect(last, last.errors).toMatchObject({ code: 0 });
  await server.close();

  expectSameEnd(stormy, expected, server, KILLS * CONNECTIONS);
});
