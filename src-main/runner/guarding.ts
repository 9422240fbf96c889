// Merges what a guard file knows into a workspace that does not: opt-outs and erasures hold again, what has left does not leave
// again, and nothing runs until a person has seen it (FAULTS F12).
import type { GuardNotice } from '../../shared/api.ts';
import type { Channel } from '../../shared/contacts/contact.ts';
import { BARRED_BY } from '../../shared/contacts/privacy.ts';
import { recordConsent } from '../store/consents.ts';
import { transaction } from '../store/database.ts';
import { contactsBehind, keepHanded, knownSuppressions, knowsWithdrawal, liveFlows, unknownHanded, type HandedLine } from '../store/guard.ts';
import type { GuardLine } from '../store/guard-file.ts';
import { recordAudit } from '../store/runner-state.ts';
import { addSuppression, REASON_ERASED } from '../store/suppressions.ts';
import type { Workspace } from '../workspace.ts';
import { eraseContacts } from './erasing.ts';
import { pause } from './publishing.ts';

const SOURCE = 'guard';

type Of<Kind extends GuardLine['kind']> = Extract<GuardLine, { kind: Kind }>;
type Merged = Omit<GuardNotice, 'trouble' | 'at'>;

/** Takes over what is new in these lines, and pauses all flows if anything is. Answers `null` when nothing was. */
export function mergeGuard(workspace: Workspace, lines: readonly GuardLine[]): Merged | null {
  if (lines.length === 0) return null;
  const { handed, suppressed, withdrawn } = lastWord(lines);
  const messages = unknownHanded(workspace, handed);
  const known = suppressed.length === 0 ? new Set<string>() : knownSuppressions(workspace);
  const suppressions = suppressed.filter(({ channel, address }) => !known.has(`${channel} ${address}`));
  const withdrawals = unknownWithdrawals(workspace, withdrawn);
  if (messages.length + suppressions.length + withdrawals.length === 0) return null;
  const merged = transaction(workspace.db, (): Merged & { erase: number[] } => {
    const erase: number[] = [];
    for (const channel of BARRED_BY) {
      const ours = suppressions.filter((each) => each.channel === channel);
      const people = contactsBehind(workspace, channel, new Set(ours.map(({ address }) => address)));
      for (const { address, reason, at } of ours) {
        const person = people.get(address);
        if (reason === REASON_ERASED && person !== undefined) erase.push(person.contactId);
        addSuppression(workspace, { channel, address: reason === REASON_ERASED ? address : (person?.address ?? address), reason, source: SOURCE, at });
      }
    }
    for (const { contactId, channel, topic, at } of withdrawals) recordConsent(workspace, { contactId, channel, topic, given: false, source: SOURCE, actor: SOURCE, at });
    keepHanded(workspace, messages, workspace.clock.now());
    const flows = liveFlows(workspace);
    for (const flow of flows) pause(workspace, flow);
    const erasures = suppressions.filter(({ reason }) => reason === REASON_ERASED).length;
    return { suppressions: suppressions.length - erasures, erasures, withdrawals: withdrawals.length, messages: messages.length, flowsPaused: flows.length, erase };
  });
  const { erase, ...told } = merged;
  if (erase.length > 0) eraseContacts(workspace, erase, SOURCE);
  recordAudit(workspace, SOURCE, 'guard-merged', told);
  return told;
}

/** What holds at the end of the lines: what came back did not leave, and what was lifted is not suppressed. */
function lastWord(lines: readonly GuardLine[]): { handed: HandedLine[]; suppressed: Of<'suppressed'>[]; withdrawn: Of<'withdrawn'>[] } {
  const handed = new Map<string, HandedLine>();
  const suppressed = new Map<string, Of<'suppressed'>>();
  const withdrawn = new Map<string, Of<'withdrawn'>>();
  for (const line of lines) {
    if (line.kind === 'handed') handed.set(line.key, line);
    else if (line.kind === 'returned') {
      if ((handed.get(line.key)?.handover ?? Infinity) <= line.handover) handed.delete(line.key);
    } else if (line.kind === 'suppressed') suppressed.set(`${line.channel} ${line.address}`, line);
    else if (line.kind === 'lifted') suppressed.delete(`${line.channel} ${line.address}`);
    else withdrawn.set(`${line.channel} ${line.topic} ${line.address}`, line);
  }
  return { handed: [...handed.values()], suppressed: [...suppressed.values()], withdrawn: [...withdrawn.values()] };
}

function unknownWithdrawals(workspace: Workspace, lines: readonly Of<'withdrawn'>[]): { contactId: number; channel: Channel; topic: string; at: number }[] {
  return (['email', 'sms'] as const).flatMap((channel) => {
    const ours = lines.filter((each) => each.channel === channel);
    const people = contactsBehind(workspace, channel, new Set(ours.map(({ address }) => address)));
    return ours.flatMap(({ address, topic, at }) => {
      const contactId = people.get(address)?.contactId;
      return contactId === undefined || knowsWithdrawal(workspace, contactId, channel, topic, at) ? [] : [{ contactId, channel, topic, at }];
    });
  });
}
