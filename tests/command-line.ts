// Runs commands of the command line in a test: as somebody types them, but for the program around them.
import type { Backend } from '../src-main/backend.ts';
import type { Command, CommandContext } from '../src-main/commands/command.ts';
import { createDispatch, type Handlers } from '../src-main/dispatch.ts';
import { ProblemError } from '../shared/problem.ts';

/** What a command has printed, for people and as its document, and what it said on the way. */
export type Answer = { human: string; json: never; said: string[] };

export type CommandLine = (name: string, positionals: string[], options?: CommandContext['options']) => Promise<Answer>;

/** A call as commands make it: problems are thrown, and bugs are. */
export const throughGate: CommandContext['call'] = async (backend, name, input) => {
  const answer = await backend.call(name, input);
  if ('problems' in answer) throw new ProblemError(...answer.problems);
  if ('bug' in answer) throw new Error(answer.bug);
  return answer.value as never;
};

/** Commands over handlers that are there already; the first word after a command's name is the workspace, and is not given. */
export function commandsOver(commands: readonly Command[], handlers: Partial<Handlers>): CommandLine {
  const call = createDispatch(handlers as Handlers, (message, error) => {
    throw new Error(message, { cause: error });
  });
  const backend = { call, on: () => () => {} } as unknown as Backend;
  return async (name, positionals, options = {}) => {
    const answer: Answer = { human: '', json: undefined as never, said: [] };
    await commands.find((command) => command.name === name)!.run({
      positionals: ['w.kanal', ...positionals],
      options,
      start: async () => backend,
      open: async () => backend,
      call: throughGate,
      print: (human, json) => void Object.assign(answer, { human, json }),
      untilStopped: () => Promise.resolve(),
      progress: (line) => void answer.said.push(line),
    });
    return answer;
  };
}
