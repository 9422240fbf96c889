// Workspaces in folders that other machines write to as well: they open and can be edited, and nothing runs there (FAULTS F9).
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { inEnglish } from '../../shared/text.ts';
import { createBackend, type Backend } from '../../src-main/backend.ts';
import { networkMount, networkShare, runningRefused, sharedFolderOf, synchronised } from '../../src-main/store/shared-folder.ts';
import { memorySecrets, testWorkspace } from '../workspace-fixture.ts';

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'kanal-shared-')));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const none = () => [];

describe('by the path', () => {
  test.each([
    ['/home/ada/Dropbox/clients', 'Dropbox'],
    ['/Users/ada/Dropbox (Nordic Tea)/clients', 'Dropbox'],
    ['C:\\Users\\ada\\OneDrive\\Documents', 'OneDrive'],
    ['C:\\Users\\ada\\OneDrive - Nordic Tea ApS\\Dokumenter', 'OneDrive'],
    ['/Users/ada/Library/CloudStorage/OneDrive-NordicTea/x', 'OneDrive'],
    ['/Users/ada/Library/Mobile Documents/com~apple~CloudDocs/x', 'iCloud Drive'],
    ['C:\\Users\\ada\\iCloudDrive\\x', 'iCloud Drive'],
    ['/Users/ada/Library/CloudStorage/GoogleDrive-ada@x.dk/My Drive', 'Google Drive'],
    ['/Users/ada/Google Drive/x', 'Google Drive'],
    ['/home/ada/Nextcloud/x', 'Nextcloud'],
    ['/home/ada/ownCloud/x', 'ownCloud'],
    ['/home/ada/Documents/About Dropbox', null],
    ['/home/ada/Dropboxes/x', null],
    ['/home/ada/Box of letters/x', null],
    ['C:\\Users\\ada\\Documents', null],
  ])('%s: %s', (path, by) => {
    expect(synchronised(path, none)?.by ?? null).toBe(by);
  });

  test.each([['\\\\server\\share\\w.kanal', true], ['//server/share/w.kanal', true], ['\\\\?\\UNC\\server\\share\\w.kanal', true], ['\\\\?\\C:\\w.kanal', false], ['C:\\w.kanal', false], ['/home/w.kanal', false]])('%s is on a network: %s', (path, expected) => {
    expect(networkShare(path) !== null).toBe(expected);
  });
});

describe('by what lies in the folders above', () => {
  test.each([
    ['.dropbox.cache', 'Dropbox'],
    ['.dropbox', 'Dropbox'],
    ['._sync_0a1b2c3d.db', 'Nextcloud'],
    ['.sync_0a1b2c3d4e5f.db', 'Nextcloud'],
    ['.owncloudsync.log', 'ownCloud'],
    ['.tmp.drivedownload', 'Google Drive'],
    ['.849C9593-D756-4E56-8D6E-42412F2A707B', 'OneDrive'],
    ['.stfolder', 'Syncthing'],
    ['.git', null],
  ])('%s: %s', (mark, by) => {
    const inside = join(folder, 'ünter', 'clients');
    mkdirSync(inside, { recursive: true });
    writeFileSync(join(folder, mark), '');
    expect(sharedFolderOf(join(inside, 'w.kanal'))?.by ?? null).toBe(by);
  });
});

test.each([
  ['/mnt/office/clients', 'nfs4'],
  ['/mnt/office disk/x', 'cifs'],
  ['/home/ada/remote', 'fuse.sshfs'],
  ['/home/ada/.cache/gvfs/smb', 'fuse.gvfsd-fuse'],
  ['/mnt/windows', null],
  ['/mnt/officelocal', null],
  ['/home/ada/remote/local', null],
  ['/home/ada', null],
])('the mount of %s: %s', (path, type) => {
  const mounts = ['/dev/sda1 / ext4 rw 0 0', 'server:/x /mnt/office nfs4 rw 0 0', '//s/x /mnt/office\\040disk cifs rw 0 0', 'ada@s: /home/ada/remote fuse.sshfs rw 0 0', 'gvfs /home/ada/.cache/gvfs fuse.gvfsd-fuse rw 0 0', '/dev/sdb1 /mnt/windows fuseblk rw 0 0', 'tmpfs /home/ada/remote/local tmpfs rw 0 0'].join('\n');
  expect(networkMount(path, mounts)?.by ?? null).toBe(type);
});

describe('D24, F9: a workspace in a synchronised folder', () => {
  let backend: Backend;
  const open = (file: string) => {
    backend = createBackend({ clock: testWorkspace().clock, dataFolder: join(folder, 'data'), documentsFolder: folder, secrets: memorySecrets(), log: () => undefined, autoRun: true, openChannel: () => { throw new Error('no mail'); } });
    return backend.call('workspace.open', { file });
  };
  afterEach(() => backend.close());
  const make = (...parts: string[]): string => {
    mkdirSync(join(folder, ...parts), { recursive: true });
    const file = join(folder, ...parts, 'w.kanal');
    testWorkspace({ file }).close();
    return file;
  };

  test('opens and can be edited, does not run, and says what to do', async () => {
    expect(await open(make('Dropbox', 'clients'))).toHaveProperty('value');
    expect(await backend.call('contacts.add', { values: { email: 'ada@x.dk' } })).toHaveProperty('value');
    const status = await backend.call('runner.status', {});
    expect(status).toMatchObject({ value: { running: false, sendingPaused: { code: 'shared-folder' } } });
    expect(inEnglish(runningRefused({ kind: 'synchronised', by: 'Dropbox' }).text)).toMatch(/Dropbox synchronises.*Move the file to a folder on this computer alone/);
    expect(await backend.call('runner.startAll', {})).toMatchObject({ problems: [{ code: 'shared-folder' }] });
    expect(await backend.call('clock.advance', { to: testWorkspace().clock.now() + 1000 })).toMatchObject({ problems: [{ code: 'shared-folder' }] });
  });

  test('elsewhere it runs', async () => {
    await open(make('Documents'));
    expect(await backend.call('runner.status', {})).toMatchObject({ value: { running: true } });
  });
});
