// One process per workspace: the second is told who has it, and a killed one holds nothing (FAULTS F8).
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createDatabase } from '../../src-main/store/database.ts';
import { lockWorkspace } from '../../src-main/store/lock.ts';
import { ProblemError } from '../../shared/problem.ts';

let folder: string;
let file: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kanal lås-'));
  file = join(folder, 'Åse & søn.kanal');
  createDatabase(file).close();
});

afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  rmSync(folder, { recursive: true, force: true });
});

/** Starts a process that wants the workspace; answers what it says, and the process. */
async function holder(): Promise<{ child: ChildProcess; says: string }> {
  const child = spawn(process.execPath, ['--experimental-strip-types', join(import.meta.dirname, 'hold.ts'), file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const [said] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
  return { child, says: said.trim() };
}

function refusal(): string {
  try {
    lockWorkspace(file, 0)();
    return 'not refused';
  } catch (error) {
    if (error instanceof ProblemError) return `${error.problems[0]!.code}: ${error.message}`;
    throw error;
  }
}

test('D24, F8: another process is refused, by the name and time of the one that has it', async () => {
  const { child, says } = await holder();
  expect(says).toBe('held');
  expect(refusal()).toBe(
    `locked: Åse & søn.kanal is open in another Kanal (process ${child.pid}, since 2026-03-02T08:00:00Z). Close it there, then open it here. Nothing was changed.`,
  );
  expect((await holder()).says).toContain(`process ${child.pid}`);
});

test('after kill -9 the next one can open at once', async () => {
  const { child } = await holder();
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect((await holder()).says).toBe('held');
});

test('within one process the second is refused too, until the first lets go', () => {
  const unlock = lockWorkspace(file, 0);
  expect(refusal()).toContain('locked: ');
  unlock();
  unlock();
  expect(refusal()).toBe('not refused');
});
