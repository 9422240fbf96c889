// Calls about contacts going out to a file, and the sets of columns that are kept for it.
import { resolve } from 'node:path';
import { refuse } from '../../shared/problem.ts';
import { say } from '../../shared/text.ts';
import type { Handlers } from '../dispatch.ts';
import { readersOf } from '../readers/readers.ts';
import { exportProfiles, removeExportProfile, saveExportProfile } from '../store/export-profiles.ts';
import type { Workspace } from '../workspace.ts';

type Calls = Pick<Handlers, 'exports.contacts' | 'exports.profiles' | 'exports.saveProfile' | 'exports.removeProfile'>;

export function exportHandlers(workspace: Workspace): Calls {
  return {
    'exports.contacts': (order) => readersOf(workspace).read('export', { ...order, file: resolve(order.file) }),
    'exports.profiles': () => exportProfiles(workspace),
    'exports.saveProfile': (profile) => {
      const key = saveExportProfile(workspace, profile);
      workspace.changed('settings');
      return { key };
    },
    'exports.removeProfile': ({ key }) => {
      if (!removeExportProfile(workspace, key)) refuse('profile-unknown', say('There is no export profile {key}.', { key }), { field: 'key' });
      workspace.changed('settings');
      return null;
    },
  };
}
