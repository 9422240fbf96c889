// Whether a workspace lies where other machines write too: a folder that is synchronised, or on a network. There SQLite's locks
// do not hold, and a copy may come back from yesterday: it can be looked at and edited, but two could send from it (FAULTS F9).
import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { problem, type Problem } from '../../shared/problem.ts';
import { say } from '../../shared/text.ts';

export type SharedFolder = { kind: 'synchronised' | 'network'; /** Who synchronises it, or what kind of network folder it is. */ by: string };

/** Folders of synchronising programs, by a part of their path. */
const BY_PATH: readonly { by: string; part: RegExp }[] = [
  { by: 'Dropbox', part: /^Dropbox( \(.+\))?$/ },
  { by: 'OneDrive', part: /^OneDrive(( - |-).+)?$/ },
  { by: 'iCloud Drive', part: /^(Mobile Documents|com~apple~CloudDocs|iCloudDrive|iCloud Drive.*)$/ },
  { by: 'Google Drive', part: /^(Google ?Drive(-.+)?|\.shortcut-targets-by-id)$/ },
  { by: 'Nextcloud', part: /^Nextcloud\d*$/i },
  { by: 'ownCloud', part: /^ownCloud\d*$/i },
  { by: 'Box', part: /^Box( Sync|-Box)$/ },
  { by: 'a cloud service', part: /^CloudStorage$/ },
];

/** What synchronising programs leave in the folder that they keep, whatever it is called. */
const BY_MARK: readonly { by: string; mark: RegExp }[] = [
  { by: 'Dropbox', mark: /^\.dropbox(\.cache|\.device)?$/ },
  { by: 'Google Drive', mark: /^\.tmp\.drive(down|up)load$/ },
  { by: 'Nextcloud', mark: /^(\._?sync_[0-9a-f]+\.db|\.nextcloudsync\.log)$/ },
  { by: 'ownCloud', mark: /^\.owncloudsync\.log$/ },
  { by: 'OneDrive', mark: /^\.849C9593-D756-4E56-8D6E-42412F2A707B$/ },
  { by: 'Syncthing', mark: /^\.stfolder$/ },
];

/** Kinds of mounts behind which another machine stands. A local one may be FUSE as well (NTFS, encryption): those are not here. */
const NETWORK_MOUNTS = /^(nfs\d?|cifs|smb3|smbfs|afs|ceph|glusterfs|lustre|davfs|ncpfs|fuse\.(sshfs|rclone|s3fs|davfs2?|glusterfs|gvfsd-fuse|onedriver|google-drive-ocamlfuse|curlftpfs|smbnetfs|ceph|juicefs|mergerfs-nfs))$/;

/** Whether a file lies in a folder that other machines write to; `null`: it does not, as far as can be told. */
export function sharedFolderOf(file: string): SharedFolder | null {
  const given = networkShare(file);
  if (given !== null) return given;
  const folder = realFolder(resolve(file));
  return networkShare(folder) ?? synchronised(folder, marksIn) ?? networkMount(folder, mounts());
}

/** A path of the form \\server\folder; mapped drives of Windows are, once their real path is known. */
export function networkShare(path: string): SharedFolder | null {
  return /^(\\\\|\/\/)(?![?.][\\/](?!UNC))[^\\/]+/i.test(path) ? { kind: 'network', by: 'Windows' } : null;
}

/** By the parts of its path, and by what lies in the folders above. `marks` answers the names in a folder. */
export function synchronised(folder: string, marks: (folder: string) => string[]): SharedFolder | null {
  const parts = folder.split(/[\\/]+/);
  const byPath = BY_PATH.find(({ part }) => parts.some((each) => part.test(each)));
  if (byPath !== undefined) return { kind: 'synchronised', by: byPath.by };
  for (let at = folder; ; at = dirname(at)) {
    const names = marks(at);
    const byMark = BY_MARK.find(({ mark }) => names.some((name) => mark.test(name)));
    if (byMark !== undefined) return { kind: 'synchronised', by: byMark.by };
    if (dirname(at) === at) return null;
  }
}

/** By the mount that a folder lies in, as Linux lists them in /proc/mounts; blanks are written there as \040. */
export function networkMount(folder: string, list: string): SharedFolder | null {
  let best = { point: '', type: '' };
  for (const line of list.split('\n')) {
    const [, written, type] = line.split(' ');
    if (written === undefined || type === undefined) continue;
    const point = written.replaceAll(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
    const isIn = point === '/' || folder === point || folder.startsWith(`${point}/`);
    // Of two mounts on one point the later one hides the other.
    if (isIn && point.length >= best.point.length) best = { point, type };
  }
  return NETWORK_MOUNTS.test(best.type) ? { kind: 'network', by: best.type } : null;
}

/** Why flows do not run in such a folder, and what to do about it. */
export function runningRefused(found: SharedFolder): Problem {
  return found.kind === 'synchronised'
    ? problem('shared-folder', say('This workspace lies in a folder that {by} synchronises. Another computer could send the same messages again, so its flows do not run here. Move the file to a folder on this computer alone, such as Documents, and open it there; let Kanal’s backups go to {by} instead.', { by: found.by }))
    : problem('shared-folder', say('This workspace lies in a network folder ({by}), where another computer could send the same messages at the same time. So its flows do not run here. Move the file to a folder on a disk of this computer, and open it there.', { by: found.by }));
}

function realFolder(file: string): string {
  try {
    // The native one knows the share behind a drive's letter.
    return dirname(realpathSync.native(file));
  } catch {
    return dirname(file); // It is not there yet, or may not be looked at: its name has to do.
  }
}

function marksIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.startsWith('.'));
  } catch {
    return []; // A folder above that may not be listed.
  }
}

function mounts(): string {
  if (process.platform !== 'linux') return '';
  try {
    return readFileSync('/proc/mounts', 'utf8');
  } catch {
    return '';
  }
}
