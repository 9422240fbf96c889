// Calls about how long contacts are kept of whom nothing is heard.
import type { Handlers } from '../dispatch.ts';
import { cutoffOf, LOOKED } from '../runner/retaining.ts';
import { transaction } from '../store/database.ts';
import { keepUntil, nextErasure, quietSince, retentionList, retentionRule, saveRetentionRule } from '../store/retention.ts';
import { forget, recordAudit } from '../store/runner-state.ts';
import { readSettings } from '../store/settings.ts';
import type { Workspace } from '../workspace.ts';

type Calls = Pick<Handlers, 'retention.get' | 'retention.save' | 'retention.preview' | 'retention.list' | 'retention.keep'>;

const SAMPLE = 10;

export function retentionHandlers(workspace: Workspace): Calls {
  const now = () => workspace.clock.now();
  const zone = () => readSettings(workspace).timeZone;
  return {
    'retention.get': () => ({ ...retentionRule(workspace), listed: retentionList(workspace, 0, 1).total, nextErasure: nextErasure(workspace) }),
    'retention.save': (rule) => {
      transaction(workspace.db, () => {
        saveRetentionRule(workspace, rule);
        forget(workspace, LOOKED);
        recordAudit(workspace, 'user', 'retention-changed', rule);
      });
      workspace.changed('settings', 'contacts');
      workspace.wake();
      return null;
    },
    'retention.preview': (rule) => quietSince(workspace, cutoffOf(rule, now(), zone()), SAMPLE),
    'retention.list': ({ offset, limit }) => retentionList(workspace, offset, limit),
    'retention.keep': ({ contacts }) => {
      const { months } = retentionRule(workspace);
      transaction(workspace.db, () => {
        keepUntil(workspace, contacts, now() + (now() - cutoffOf({ months: Math.max(1, months) }, now(), zone())));
        recordAudit(workspace, 'user', 'retention-kept', { contacts });
      });
      workspace.changed('contacts');
      return null;
    },
  };
}
