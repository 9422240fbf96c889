// Words for stories about sending: a stage that is closed after the test, who is written to, what was sent and what the ledger says.
import { afterEach } from 'vitest';
import type { Settings } from '../../shared/api.ts';
import type { Step } from '../../shared/flow/flow.ts';
import { addContact, type NewTestContact } from '../workspace-fixture.ts';
import type { FakeSteps } from './fake-channel.ts';
import { sendingStage, type SendingStage } from './sending-stage.ts';

const open: SendingStage[] = [];
afterEach(async () => {
  for (const stage of open.splice(0)) await stage.close();
});

export function stageWith(settings: Partial<Settings>, options: { now?: number; steps?: FakeSteps } = {}): SendingStage {
  const stage = sendingStage(settings, options);
  open.push(stage);
  return stage;
}

export function person(stage: SendingStage, contact: NewTestContact = {}): number {
  return addContact(stage.workspace, { email: 'ada@example.dk', consent: ['email'], ...contact });
}

export function send(message: string, config: Record<string, unknown> = {}): Step {
  return { id: message, type: 'sendEmail', config: { message, ...config } };
}

export function subjects(stage: SendingStage): string[] {
  return stage.sent.map(({ subject }) => subject);
}

export function states(stage: SendingStage): string[] {
  return stage.ledger().map(({ message, state, reason }) => `${message}: ${state}${reason === null ? '' : ` ${reason}`}`);
}
