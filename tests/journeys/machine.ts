// A machine for a journey: its own workspace, clock and loopback host, and the mails it sends in a folder.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import type { CallInput, CallName, CallOutput } from '../../shared/api.ts';
import { DAY } from '../../shared/time.ts';
import { createBackend, type Backend } from '../../src-main/backend.ts';
import { folderChannel } from '../../src-main/channels/to-folder.ts';
import { virtualClock } from '../../src-main/clock.ts';
import { startNodeHost } from '../../src-main/node.ts';
import { memorySecrets } from '../../src-main/secrets.ts';

/** Monday, 2 March 2026, 08:00 UTC. */
export const JOURNEY_NOW = Date.UTC(2026, 2, 2, 8, 0);

export type Machine = {
  url: string;
  call<Name extends CallName>(method: Name, input: CallInput<Name>): Promise<CallOutput<Name>>;
  /** Lets days pass on the machine's clock, with all that falls due in them. */
  passDays(days: number): Promise<void>;
  close(): Promise<void>;
};

/** Starts a machine with an empty workspace "Nordic Tea" on a clock that stands still until it is moved. */
export async function startMachine(options: { sample?: boolean; locale?: string } = {}): Promise<Machine> {
  const folder = mkdtempSync(join(tmpdir(), 'kanal-journey-'));
  const backend: Backend = createBackend({
    clock: virtualClock(JOURNEY_NOW),
    dataFolder: join(folder, 'data'),
    documentsFolder: join(folder, 'documents'),
    secrets: memorySecrets(),
    log(message, error) {
      process.stderr.write(`${message} ${String(error)}\n`);
    },
    openChannel: () => {
      throw new Error('No mail leaves a journey');
    },
    channel: folderChannel(join(folder, 'mail'), { name: 'Nordic Tea', address: 'hello@nordictea.example' }),
    autoRun: true,
  });
  const host = await startNodeHost({ backend, port: 0, staticFolder: process.env.KANAL_WINDOW ?? join(import.meta.dirname, '../../dist/renderer'), log: () => undefined });

  async function call<Name extends CallName>(method: Name, input: CallInput<Name>): Promise<CallOutput<Name>> {
    const answer = await backend.call(method, input);
    if ('value' in answer) return answer.value as CallOutput<Name>;
    throw new Error(`${method}: ${JSON.stringify(answer)}`);
  }

  await call('workspace.create', { name: 'Nordic Tea', file: join(folder, 'nordic-tea.kanal'), timeZone: 'Europe/Copenhagen', locale: options.locale ?? 'en-GB', sample: options.sample ?? false });
  let now = JOURNEY_NOW;
  return {
    url: host.url,
    call,
    async passDays(days) {
      now += days * DAY;
      await call('clock.advance', { to: now });
    },
    async close() {
      await host.close();
      await backend.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Opens a flow in the window. Answers what went wrong in the page, as it happens. */
export async function openFlow(page: Page, machine: Machine, flow: number): Promise<string[]> {
  const wrong: string[] = [];
  page.on('pageerror', (error) => wrong.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && wrong.push(message.text()));
  await page.goto(`${machine.url}&/flows/${flow}`);
  await page.locator('.react-flow__node-start').waitFor();
  return wrong;
}
