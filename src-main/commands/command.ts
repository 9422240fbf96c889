// What a command of the command line is. The command line is a host like the others: commands speak to the gate.
import type { CallInput, CallName, CallOutput } from '../../shared/api.ts';
import type { MailChannel } from '../channels/channel.ts';
import type { Backend } from '../backend.ts';
import type { Clock } from '../clock.ts';

/** A clock and a channel in place of the real ones; `autoRun`: flows run as soon as a workspace is open; `watchesClock`: they will run, unless the clock is in doubt. */
export type HowToRun = { clock?: Clock; channel?: MailChannel; autoRun?: boolean; watchesClock?: boolean };

export type CommandContext = {
  /** What was given after the command's name, without options. */
  positionals: string[];
  options: Record<string, string | boolean | string[] | undefined>;
  /** A machine in this process in which no workspace is open yet; it is closed when the command ends. */
  start(how?: HowToRun): Promise<Backend>;
  /** Opens a workspace in this process; it is closed when the command ends. The runner does not start by itself. */
  open(workspaceFile: string, how?: HowToRun): Promise<Backend>;
  /** A call through the gate; problems are thrown as ProblemError and end the command with exit code 1. */
  call<Name extends CallName>(backend: Backend, name: Name, input: CallInput<Name>): Promise<CallOutput<Name>>;
  /** The result: `human` is printed as it is; with --json, `json` is printed instead, as the one document of standard output. */
  print(human: string, json: unknown): void;
  /** For what runs until the user has had enough: settles when the program is told to stop (Ctrl+C, a signal). */
  untilStopped(): Promise<void>;
  /** A line about what is going on; on standard error. */
  progress(line: string): void;
};

export type Command = {
  /** The words that call it: "import", "flow publish". */
  name: string;
  /** What follows the name: "WORKSPACE FILE [--tag T]...". */
  usage: string;
  help: string;
  /** For node:util parseArgs. `--json` and `--help` are understood everywhere. */
  options?: Record<string, { type: 'string' | 'boolean'; multiple?: boolean }>;
  positionals: { min: number; max: number };
  run(context: CommandContext): Promise<void>;
};
