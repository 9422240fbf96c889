// Host 3, the command line: finds the command, reads its options, and turns what comes of it into text and an exit code.
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { inEnglish, say } from '../shared/text.ts';
import { ProblemError, type Place, type Problem } from '../shared/problem.ts';
import { createBackend, type Backend } from './backend.ts';
import { openChannel } from './channels/smtp.ts';
import { systemClock } from './clock.ts';
import type { CallOutput } from '../shared/api.ts';
import type { Command, CommandContext } from './commands/command.ts';
import { contactCommands } from './commands/contacts.ts';
import { recipeCommands } from './commands/recipes.ts';
import { privacyCommands } from './commands/privacy.ts';
import { suppressionCommands } from './commands/suppressions.ts';
import { brokenOffText } from './commands/import-report.ts';
import { duplicateCommands } from './commands/duplicates.ts';
import { calendarCommands } from './commands/calendars.ts';
import { coverCommand } from './commands/cover.ts';
import { flowCommands } from './commands/flows.ts';
import { manyCommands } from './commands/many.ts';
import { backtestCommand } from './commands/backtest.ts';
import { simulationCommands } from './commands/simulate.ts';
import { runningCommands } from './commands/running.ts';
import { segmentCommands } from './commands/segments.ts';
import { taskCommands } from './commands/tasks.ts';
import { workspaceCommands } from './commands/workspace.ts';
import { nearestWord, UsageError, wrongUsage } from './commands/usage.ts';
import { dataFolder, documentsFolder } from './folders.ts';
import { openLog } from './log.ts';
import { memorySecrets } from './secrets.ts';
import { troubleOf } from './store/trouble.ts';

const DONE = 0;
const PROBLEM = 1;
const WRONG_USAGE = 2;
const BUG = 3;

const commands: readonly Command[] = [...workspaceCommands, ...contactCommands, ...manyCommands, ...recipeCommands, ...duplicateCommands, ...suppressionCommands, ...privacyCommands, ...segmentCommands, ...taskCommands, ...calendarCommands, ...flowCommands, ...runningCommands, ...simulationCommands, backtestCommand, coverCommand];
const log = openLog(dataFolder(), 'command');
const open = new Set<Backend>();

async function main(words: readonly string[]): Promise<number> {
  const json = words.includes('--json');
  try {
    return await perform(words, json);
  } catch (error) {
    if (error instanceof ProblemError) return report(error.problems, json, error instanceof UsageError ? WRONG_USAGE : PROBLEM);
    log.log(`kanal ${words[0] ?? ''}`, error);
    const trouble = troubleOf(error);
    if (trouble !== null) return report([trouble], json, PROBLEM);
    const message = error instanceof Error ? error.message : String(error);
    if (json) await write(process.stdout, `${JSON.stringify({ bug: message, log: log.file })}\n`);
    await write(process.stderr, `This should not have happened: ${message}\nMore about it is in ${log.file}\n`);
    return BUG;
  } finally {
    await closeAll();
  }
}

async function perform(words: readonly string[], json: boolean): Promise<number> {
  const first = words[0];
  if (first === undefined || first === 'help' || first === '--help' || first === '-h') {
    await write(process.stdout, overview(commands));
    return first === undefined ? WRONG_USAGE : DONE;
  }
  const family = commands.filter(({ name }) => name.startsWith(`${first} `));
  if (family.length > 0 && (words[1] === '--help' || words[1] === '-h')) {
    await write(process.stdout, overview(family));
    return DONE;
  }
  const command = find(words);
  const { values, positionals } = read(command, words.slice(command.name.split(' ').length));
  if (values['help'] === true) {
    await write(process.stdout, `kanal ${command.name} ${command.usage}\n\n${command.help}\n`);
    return DONE;
  }
  const { min, max } = command.positionals;
  if (positionals.some((word) => word.trim() === '')) stopWithUsage(`There are quotation marks with nothing in them. Usage: kanal ${command.name} ${command.usage}`);
  if (positionals.length < min || positionals.length > max) {
    stopWithUsage(
      `${positionals.length < min ? 'Something is missing' : `"${positionals[max]}" is one too many`}. Usage: kanal ${command.name} ${command.usage}`,
    );
  }
  await command.run({
    positionals,
    options: values,
    start: startBackend,
    open: openBackend,
    call: callBackend,
    print: (human, document) => print(json ? `${JSON.stringify(document)}\n` : human),
    untilStopped,
    progress,
  });
  for (const backend of open) if (backend.current() !== null) tellBrokenOff(positionals[0] ?? '', await callBackend(backend, 'imports.brokenOff', {}));
  await written;
  return DONE;
}

/** The command that the words begin with; the longer name wins ("flow publish" over "flow"). */
function find(words: readonly string[]): Command {
  const command = [2, 1]
    .map((length) => commands.find(({ name }) => name === words.slice(0, length).join(' ')))
    .find((found) => found !== undefined);
  if (command !== undefined) return command;
  const family = commands.filter(({ name }) => name.startsWith(`${words[0]} `));
  const given = words.slice(0, family.length > 0 ? 2 : 1).join(' ');
  const meant = nearestWord(given, commands.map(({ name }) => name));
  if (meant !== undefined) stopWithUsage(`There is no command "${given}". Did you mean "${meant}"? "kanal help" lists them all.`);
  if (family.length > 0) stopWithUsage(`Which one?\n${overview(family)}`);
  stopWithUsage(`There is no command "${given}". "kanal help" lists them all.`);
}

function read(command: Command, words: string[]) {
  try {
    return parseArgs({
      args: words,
      options: { ...command.options, json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
      allowPositionals: true,
      strict: true,
    });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const unknown = /^Unknown option '(--?[^']+)'/.exec(error.message)?.[1];
    const meant = unknown === undefined ? undefined : nearestWord(unknown, [...Object.keys(command.options ?? {}), 'json', 'help'].map((name) => `--${name}`));
    if (meant !== undefined) stopWithUsage(`There is no option ${unknown}. Did you mean ${meant}? "kanal ${command.name} --help" tells of all.`);
    stopWithUsage(`${error.message.split('. To specify')[0]}. Usage: kanal ${command.name} ${command.usage}`);
  }
}

function stopWithUsage(text: string): never {
  wrongUsage('usage', say('{text}', { text }));
}

function overview(list: readonly Command[]): string {
  const lines = list.map(({ name, usage, help }) => `  kanal ${name} ${usage}\n      ${help.split('\n')[0]}`);
  return `${lines.join('\n')}\n\nWith --json each answers one JSON document; with --help each tells more.\nExit codes: 0 done, 1 something to fix (it says what), 2 wrong usage, 3 a bug.\n`;
}

const startBackend: CommandContext['start'] = async (how = {}) => {
  const backend = createBackend({
    clock: how.clock ?? systemClock,
    dataFolder: dataFolder(),
    documentsFolder: documentsFolder(),
    secrets: memorySecrets(process.env),
    log: log.log,
    openChannel,
    ...(how.channel === undefined ? {} : { channel: how.channel }),
    autoRun: how.autoRun ?? false,
    watchesClock: how.watchesClock ?? false,
  });
  open.add(backend);
  return backend;
};

const openBackend: CommandContext['open'] = async (workspaceFile, how) => {
  const backend = await startBackend(how);
  const before = systemClock.now();
  await callBackend(backend, 'workspace.open', { file: workspaceFile });
  tellGuard(await callBackend(backend, 'guard.notice', {}), (how?.clock ?? systemClock) === systemClock ? before : 0);
  return backend;
};

/** A workspace that is older than its guard file is told of where it is opened, as the window does it. */
function tellGuard(notice: CallOutput<'guard.notice'>, since: number): void {
  if (notice === null || notice.at < since) return;
  const { suppressions, withdrawals, erasures, messages, flowsPaused, trouble } = notice;
  if (trouble !== null) progress(`The guard file of this workspace ${trouble === 'unwritable' ? 'cannot be written' : `was ${trouble}; it is written anew`}.`);
  if (suppressions + withdrawals + erasures + messages === 0) return;
  progress(`This file is older than what has happened since. Taken over: opt-outs ${suppressions + withdrawals}, erased people ${erasures}, messages that are not sent again ${messages}. Flows paused: ${flowsPaused}.`);
}

/** What the end of the program has broken off is told of with every command, as the window does it, until somebody has dealt with it. */
function tellBrokenOff(workspaceFile: string, imports: CallOutput<'imports.brokenOff'>): void {
  for (const each of imports) progress(brokenOffText(workspaceFile, each));
}

const callBackend: CommandContext['call'] = async (backend, name, input) => {
  const answer = await backend.call(name, input);
  if ('problems' in answer) throw new ProblemError(...answer.problems);
  if ('bug' in answer) throw new Error(answer.bug);
  return answer.value as never;
};

async function closeAll(): Promise<void> {
  const closing = [...open];
  open.clear();
  for (const backend of closing) await backend.close();
}

let stop: (() => void) | null = null;

function untilStopped(): Promise<void> {
  return new Promise((resolve) => (stop = resolve));
}

let written: Promise<void> = Promise.resolve();

function print(text: string): void {
  written = written.then(() => write(process.stdout, text.endsWith('\n') ? text : `${text}\n`));
}

function progress(line: string): void {
  process.stderr.write(`${line}\n`);
}

async function report(problems: readonly Problem[], json: boolean, code: number): Promise<number> {
  if (json) {
    const list = problems.map(({ code: name, severity, text, place }) => ({
      code: name,
      severity,
      message: inEnglish(text),
      ...(place === undefined ? {} : { place }),
    }));
    await write(process.stdout, `${JSON.stringify({ problems: list })}\n`);
  } else {
    await write(process.stderr, problems.map((each) => `${placeText(each)}${inEnglish(each.text)}\n`).join(''));
  }
  return code;
}

/** The place in front of the sentence, as compilers write it, as far as the sentence does not name it already. */
function placeText({ place, text }: Problem): string {
  const sentence = inEnglish(text);
  const parts = (['file', 'line', 'column', 'trigger', 'step', 'message', 'field'] as const).flatMap((key: keyof Place) => {
    const value = place?.[key];
    if (value === undefined || value === '' || isNamed(sentence, key, String(value)) || (key === 'field' && isOfCall(place!))) return [];
    return [isAsTyped(key, String(value)) ? String(value) : `${key} ${value}`];
  });
  return parts.length === 0 ? '' : `${parts.join(', ')}: `;
}

/** Files, and what was typed (--map, EMAIL), need no word in front that says what they are. */
function isAsTyped(key: keyof Place, value: string): boolean {
  return key === 'file' || (key === 'field' && /^(--[a-z-]+|[A-Z]+)$/.test(value));
}

/** Whether a place is only a word in a call's input, which nobody types on the command line. */
function isOfCall({ field = '', ...rest }: Place): boolean {
  return Object.keys(rest).length === 0 && !isAsTyped('field', field) && !field.includes('.');
}

/** Whether the sentence names this place: a file by its name alone, too; but a step called "a" is not named by every "a" in it. */
function isNamed(sentence: string, key: keyof Place, value: string): boolean {
  if (key === 'file') return sentence.includes(basename(value));
  if (key === 'line') return new RegExp(`\\bline ${value}\\b`, 'i').test(sentence);
  return value.length > 3 ? sentence.includes(value) : sentence.includes(`"${value}"`) || sentence.includes(`“${value}”`);
}

function write(stream: NodeJS.WriteStream, text: string): Promise<void> {
  return new Promise((resolve) => {
    stream.write(text, () => resolve());
  });
}

// A reader that has seen enough ("kanal contacts ... | head") is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? DONE : BUG));
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  process.once(signal, () => {
    if (stop !== null) return stop();
    closeAll().then(
      () => process.exit(code),
      () => process.exit(code),
    );
  });
}
process.exit(await main(process.argv.slice(2)));
