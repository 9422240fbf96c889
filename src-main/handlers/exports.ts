// Calls about contacts going out to a file.
import { resolve } from 'node:path';
import type { Handlers } from '../dispatch.ts';
import { readersOf } from '../readers/readers.ts';
import type { Workspace } from '../workspace.ts';

export function exportHandlers(workspace: Workspace): Pick<Handlers, 'exports.contacts'> {
  return {
    'exports.contacts': (order) => readersOf(workspace).read('export', { ...order, file: resolve(order.file) }),
  };
}
