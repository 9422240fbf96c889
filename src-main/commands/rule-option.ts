// Whom a command line means: a segment by its name or key, or a rule from a file.
import { readFileSync } from 'node:fs';
import type { SegmentRow } from '../../shared/api.ts';
import { ruleSchema, type Rule } from '../../shared/contacts/rule.ts';
import { refuse } from '../../shared/problem.ts';
import { say } from '../../shared/text.ts';
import type { Backend } from '../backend.ts';
import type { CommandContext } from './command.ts';
import { textOption } from './import-options.ts';
import { wrongUsage } from './usage.ts';

/** The segment with this name, or else with this key. Refuses what no segment is called; `field` is where it was named. */
export function segmentNamed(segments: readonly SegmentRow[], wanted: string, field = '--segment'): SegmentRow {
  const asked = wanted.normalize('NFC');
  const found =
    segments.find(({ name }) => name === asked) ??
    segments.find(({ key }) => key === wanted) ??
    segments.find(({ name }) => name.toLowerCase() === asked.toLowerCase());
  if (found !== undefined) return found;
  if (segments.length === 0)
    refuse('segment-unknown', say('This workspace has no segments yet. Add one with: kanal segment add.'), { field });
  refuse(
    'segment-unknown',
    say('There is no segment “{name}”. There are: {names}.', {
      name: wanted,
      names: segments
        .slice(0, 20)
        .map(({ name }) => `“${name}”`)
        .join(', '),
    }),
    { field },
  );
}

/** The rule that --segment or --rule asks for; `null`: all contacts. */
export async function ruleFromOptions(context: CommandContext, backend: Backend): Promise<Rule | null> {
  const segment = textOption(context.options, 'segment');
  const file = textOption(context.options, 'rule');
  if (segment !== undefined && file !== undefined) wrongUsage('bad-option', say('Give --segment or --rule, not both.'), { field: '--rule' });
  if (segment !== undefined)
    return { kind: 'segment', segment: segmentNamed(await context.call(backend, 'segments.list', { sizes: false }), segment).key, member: true };
  return file === undefined ? null : ruleFromFile(file);
}

/** A rule from a JSON file. Refuses what cannot be read, is not JSON, or is no rule. */
export function ruleFromFile(file: string): Rule {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError)
      refuse('rule-not-json', say('{file} is not JSON: {reason}', { file, reason: error.message }), { file });
    refuse('file-missing', say('The rule cannot be read from {file}. Check the path.', { file }), { file });
  }
  const read = ruleSchema.safeParse(value);
  if (!read.success)
    refuse(
      'rule-invalid',
      say('{file} is not a rule: {place} {reason}', {
        file,
        place: `${read.error.issues[0]!.path.join('.')}:`,
        reason: read.error.issues[0]!.message,
      }),
      { file },
    );
  return read.data;
}
