// Calls about the audit: who has changed what, and every automatic decision of weight.
import type { Handlers } from '../dispatch.ts';
import { auditEntries } from '../store/runner-state.ts';
import type { Workspace } from '../workspace.ts';

export function auditHandlers(workspace: Workspace): Pick<Handlers, 'audit.list'> {
  return { 'audit.list': ({ flow, before, limit }) => auditEntries(workspace, flow, before, limit) };
}
