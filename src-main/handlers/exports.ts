// Calls about contacts going out to a file.
import { resolve } from 'node:path';
import type { Handlers } from '../dispatch.ts';
import { exportContacts } from '../exports/exporter.ts';
import type { Workspace } from '../workspace.ts';

export function exportHandlers(workspace: Workspace): Pick<Handlers, 'exports.contacts'> {
  return {
    'exports.contacts': (order) => exportContacts(workspace, { ...order, file: resolve(order.file) }),
  };
}
