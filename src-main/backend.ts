// The composition root: puts a workspace, its handlers and its runner together. It knows no host.
import type { Answer, MachineEvent } from '../shared/api.ts';
import type { MailChannel, OpenChannel } from './channels/channel.ts';
import type { Clock } from './clock.ts';
import type { Log } from './dispatch.ts';
import type { Secrets, Workspace } from './workspace.ts';
import type { Runner } from './runner/runner.ts';

export type BackendOptions = {
  clock: Clock;
  /** The program's own folder: recent files, automatic backups. */
  dataFolder: string;
  /** Where new workspaces go when the user does not say. */
  documentsFolder: string;
  secrets: Secrets;
  log: Log;
  openChannel: OpenChannel;
  /** Instead of the workspace's accounts: a folder, or a server on loopback. */
  channel?: MailChannel;
  /** Whether flows run as soon as a workspace is open. */
  autoRun: boolean;
};

export type Backend = {
  call(method: unknown, input: unknown): Promise<Answer>;
  on(listener: (event: MachineEvent) => void): () => void;
  /** The open workspace and its runner, for hosts in the same process. */
  current(): { workspace: Workspace; runner: Runner } | null;
  close(): Promise<void>;
};
