// Commands about the workspace file itself, and the one that shows it in a browser.
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { refuse } from '../../shared/problem.ts';
import { inEnglish, say } from '../../shared/text.ts';
import { channelFromTransport, isLoopback } from '../channels/transport.ts';
import { systemClock, virtualClock } from '../clock.ts';
import { dataFolder, rendererFolder } from '../folders.ts';
import { openLog } from '../log.ts';
import { startNodeHost } from '../node.ts';
import { backupFolder, checkFile, restoreBackup } from '../store/backup.ts';
import { runningRefused, sharedFolderOf } from '../store/shared-folder.ts';
import type { Command, CommandContext, HowToRun } from './command.ts';
import { wrongUsage } from './usage.ts';

const create: Command = {
  name: 'new',
  usage: 'WORKSPACE [--name NAME] [--time-zone ZONE] [--locale LOCALE] [--sample]',
  help: 'Makes a workspace file.\nWithout --time-zone and --locale it takes those of this computer. --sample fills it with people and flows to try things on.',
  options: { name: { type: 'string' }, 'time-zone': { type: 'string' }, locale: { type: 'string' }, sample: { type: 'boolean' } },
  positionals: { min: 1, max: 1 },
  async run(context) {
    const file = resolve(context.positionals[0]!);
    const backend = await context.start();
    const info = await context.call(backend, 'workspace.create', {
      file,
      name: text(context, 'name') ?? nameFromFile(file),
      timeZone: text(context, 'time-zone') ?? null,
      locale: text(context, 'locale') ?? null,
      sample: context.options['sample'] === true,
    });
    context.print(`Made ${file} (time zone ${info.timeZone}, language ${info.locale}).`, info);
  },
};

const backup: Command = {
  name: 'backup',
  usage: 'WORKSPACE [FILE]',
  help: 'Copies a workspace, whole and consistent, to a new file.\nWithout FILE the copy goes to the folder of automatic backups.',
  positionals: { min: 1, max: 2 },
  async run(context) {
    const [workspace, target] = context.positionals;
    const backend = await context.open(workspace!);
    const { file } = await context.call(backend, 'workspace.backup', { file: target === undefined ? null : resolve(target) });
    context.print(`Backup: ${file}`, { file });
  },
};

const restore: Command = {
  name: 'restore',
  usage: 'WORKSPACE BACKUP',
  help: 'Makes WORKSPACE from a backup; never overwrites a file.\nIts flows are paused, and messages that were about to go out wait for your decision: since the backup they may have gone out.',
  positionals: { min: 2, max: 2 },
  async run(context) {
    const target = resolve(context.positionals[0]!);
    const result = restoreBackup(resolve(context.positionals[1]!), target, systemClock.now());
    context.print(
      `Made ${target} from the backup. Flows paused: ${result.pausedFlows}. Messages that wait for your decision: ${result.heldMessages}.`,
      { file: target, ...result },
    );
  },
};

const check: Command = {
  name: 'check',
  usage: 'WORKSPACE',
  help: 'Reads every page of a workspace and says whether it is whole. Changes nothing.',
  positionals: { min: 1, max: 1 },
  async run(context) {
    const file = resolve(context.positionals[0]!);
    const found = checkFile(file);
    if (found.length > 0) {
      const where = backupFolder(dataFolder(), file);
      refuse(
        'file-damaged',
        say('{name} is damaged: {found}. Restore it from a backup; automatic ones are in {where}.', {
          name: basename(file),
          found: found.join('; '),
          where,
        }),
        { file },
      );
    }
    const shared = sharedFolderOf(file);
    const place = shared === null ? null : runningRefused(shared);
    if (place !== null) context.progress(inEnglish(place.text));
    context.print(`${basename(file)} is whole.`, { file, ok: true, ...(place !== null && { warning: { code: place.code, message: inEnglish(place.text) } }) });
  },
};

const serve: Command = {
  name: 'serve',
  usage: '[WORKSPACE] [--port N] [--transport smtp://HOST:PORT | folder:DIR] [--virtual-clock]',
  help: 'Shows the program in a browser, until it is told to stop. Flows run meanwhile.\nOpen the address that it prints: its last part is the key. With --virtual-clock time stands still until the window moves it; mail then goes to a folder, or to a server on this computer.',
  options: { port: { type: 'string' }, transport: { type: 'string' }, 'virtual-clock': { type: 'boolean' } },
  positionals: { min: 0, max: 1 },
  async run(context) {
    const how = { ...howToServe(context), autoRun: true };
    const workspace = context.positionals[0];
    const backend = workspace === undefined ? await context.start(how) : await context.open(workspace, how);
    const host = await startNodeHost({
      backend,
      port: portOf(context),
      staticFolder: rendererFolder(),
      log: openLog(dataFolder(), 'host').log,
    });
    context.print(host.url, { url: host.url });
    try {
      await context.untilStopped();
    } finally {
      await host.close();
    }
  },
};

export const workspaceCommands: Command[] = [create, backup, restore, check, serve];

/** A virtual clock begins now; it comes with mail that cannot leave this computer (FAULTS 0.12). */
function howToServe(context: CommandContext): HowToRun {
  const transport = text(context, 'transport');
  if (context.options['virtual-clock'] !== true) return transport === undefined ? {} : { channel: channelFromTransport(transport) };
  if (transport !== undefined && !isLoopback(transport)) {
    refuse(
      'virtual-clock',
      say('With --virtual-clock mail may go only to a folder or to a server on this computer, and {transport} is neither.', { transport }),
      { field: '--transport' },
    );
  }
  return { clock: virtualClock(systemClock.now()), channel: channelFromTransport(transport ?? `folder:${join(tmpdir(), 'kanal-mail')}`) };
}

function text(context: CommandContext, option: string): string | undefined {
  const value = context.options[option];
  return typeof value === 'string' ? value : undefined;
}

function portOf(context: CommandContext): number {
  const given = text(context, 'port') ?? '0';
  const port = Number(given);
  if (!/^\d+$/.test(given) || port > 65_535)
    wrongUsage('bad-port', say('"{given}" is not a port. Give a number from 0 (any free one) to 65535.', { given }), { field: '--port' });
  return port;
}

/** The name of a workspace to which nobody has given one: that of its file. */
function nameFromFile(file: string): string {
  return basename(file).replace(/\.kanal$/i, '') || 'Kanal';
}
