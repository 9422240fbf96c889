// What a message asks to have filled in: its merge tags, each with the line on which it stands and whether it has a fallback.
import { Output, type Liquid, type Template } from 'liquidjs';
import { problem, type Problem } from '../problem.ts';
import { say } from '../text.ts';
import { createLiquid } from './liquid.ts';

export type MergeTag = {
  /** Dotted: "contact.first_name", "workspace.name", "unsubscribe_url". */
  name: string;
  /** From 1. */
  line: number;
  /** It prints something else where there is no value: a `default` filter, or an enclosing `if` that asks for it. */
  hasFallback: boolean;
  /** It is printed, and not only asked for in a condition. */
  printed: boolean;
};

/** What is wrong with the Liquid of a text: the sentence of the parser and its line, from 1. */
export type SyntaxFault = { message: string; line: number };

let engine: Liquid | undefined;

/** Finds the merge tags of a text, or says why it cannot be read. Pure; the same engine that renders reads it. */
export function mergeTagsIn(text: string): { tags: MergeTag[]; fault: SyntaxFault | null } {
  engine ??= createLiquid('html');
  try {
    const templates = engine.parse(text);
    const tags: MergeTag[] = [];
    collect(engine, templates, new Set(), tags);
    // Seen from inside, a local (`assign`, `for`, `forloop`) looks like a merge tag; the whole text knows better.
    const asked = new Set(Object.keys(engine.analyzeSync(templates).globals));
    return { tags: tags.filter(({ name }) => asked.has(name.split('.')[0]!)), fault: null };
  } catch (error) {
    return { tags: [], fault: faultOf(error) };
  }
}

/** What is wrong with the merge tags of a field, if anything. */
export function syntaxProblems(text: string, field: string): Problem[] {
  const { fault } = mergeTagsIn(text);
  if (fault === null) return [];
  return [problem('merge-tag', say('A merge tag cannot be read: {reason} Merge tags look like {example}.', { reason: fault.message, example: '{{ contact.first_name }}' }), { field })];
}

/** The parser's sentence without its own place, which is told apart. */
export function faultOf(error: unknown): SyntaxFault {
  const message = error instanceof Error ? error.message : String(error);
  const line = /, line:(\d+)/.exec(message);
  return { message: message.replace(/, (file|line):.*$/s, '').slice(0, 300), line: line === null ? 1 : Number(line[1]) };
}

function collect(liquid: Liquid, templates: readonly Template[], asked: ReadonlySet<string>, found: MergeTag[]): void {
  for (const template of templates) {
    const here = namesIn(liquid, template);
    if (template instanceof Output) {
      const hasDefault = template.value.filters.some((filter) => filter.name === 'default');
      for (const { name, line } of here) found.push({ name, line, hasFallback: hasDefault || asked.has(name), printed: true });
      continue;
    }
    for (const { name, line } of here) found.push({ name, line, hasFallback: true, printed: false });
    const children = childrenOf(template);
    if (children.length > 0) collect(liquid, children, new Set([...asked, ...here.map(({ name }) => name)]), found);
  }
}

/** The names that a tag itself reads, without those of what it encloses. Locals (`assign`, `for`) are not merge tags. */
function namesIn(liquid: Liquid, template: Template): { name: string; line: number }[] {
  const shallow = Object.create(template, { children: { value: undefined } }) as Template;
  const { globals } = liquid.analyzeSync([shallow]);
  return Object.values(globals)
    .flat()
    .map((variable) => ({
      name: variable.segments.filter((segment) => typeof segment === 'string').join('.'),
      line: variable.location.row,
    }));
}

function childrenOf(template: Template): Template[] {
  const iterator = template.children?.(false, true);
  if (iterator === undefined) return [];
  // The generator returns the list; what it yields on the way would be awaited by an asynchronous caller.
  let step = iterator.next();
  while (step.done !== true) step = iterator.next(step.value);
  return step.value;
}
