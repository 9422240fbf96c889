// The Liquid that messages are written in: one engine for checks, preview and sending, closed to files, bounded in time and
// memory, and careful with what it prints (FAULTS 0.4: with its defaults it prints files and can stop the program).
import { Liquid, toValue, type Context, type Emitter, type Tag, type TagToken, type TopLevelToken } from 'liquidjs';

/** Thrown where a merge tag has no value and no fallback: an empty place in a mail is never sent (FEATURES A7.1). */
export class MissingValue extends Error {
  constructor() {
    super('There is no value, and no fallback.');
    this.name = 'MissingValue';
  }
}

/** Text that is HTML already, so that printing must not escape it again. */
export class SafeHtml {
  readonly html: string;
  constructor(html: string) {
    this.html = html;
  }
  toString(): string {
    return this.html;
  }
}

/**
 * A value of a contact that prints in the reader's language and compares as the plain value: `{% if contact.total > 100 %}`
 * works with money, and `{{ contact.total }}` prints it with its currency.
 */
export class ShownValue {
  readonly plain: unknown;
  readonly shown: string;
  /** For dates: the zone in which the `date` filter reads it. */
  readonly zone: string | null;
  constructor(plain: unknown, shown: string, zone: string | null = null) {
    this.plain = plain;
    this.shown = shown;
    this.zone = zone;
  }
  valueOf(): unknown {
    return this.plain;
  }
  // What Liquid asks of a value that it compares.
  equals(other: unknown): boolean {
    return this.plain === plainOf(other);
  }
  gt(other: unknown): boolean {
    return isOrdered(this.plain, plainOf(other)) && (this.plain as number) > (plainOf(other) as number);
  }
  geq(other: unknown): boolean {
    return this.gt(other) || this.equals(other);
  }
  lt(other: unknown): boolean {
    return isOrdered(this.plain, plainOf(other)) && (this.plain as number) < (plainOf(other) as number);
  }
  leq(other: unknown): boolean {
    return this.lt(other) || this.equals(other);
  }
  toString(): string {
    return this.shown;
  }
}

function plainOf(value: unknown): unknown {
  return value instanceof ShownValue ? value.plain : (toValue(value) as unknown);
}

function isOrdered(one: unknown, other: unknown): boolean {
  return typeof one === typeof other && (typeof one === 'number' || typeof one === 'string');
}

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Makes text safe inside HTML, in elements and in quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ESCAPES[character]!);
}

const ENTITIES: Record<string, string> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
  '&nbsp;': ' ',
  '\u00a0': ' ',
};

/** The body of a message as Liquid reads it: an editor of HTML writes `{% if a &gt; 1 %}`, and means a sign. */
export function liquidOfHtml(html: string): string {
  return html.replaceAll(/\{\{.*?\}\}|\{%.*?%\}/gs, (tag) =>
    tag.replaceAll(/&(?:amp|lt|gt|quot|#39|nbsp);|\u00a0/g, (entity) => ENTITIES[entity]!),
  );
}

function isBlank(value: unknown): boolean {
  if (value instanceof ShownValue) return false;
  const plain: unknown = toValue(value);
  return plain === null || plain === undefined || plain === '' || (Array.isArray(plain) && plain.length === 0);
}

/** What a merge tag prints. Throws `MissingValue` for nothing: `null`, `undefined`, an empty text or an empty list. */
function printed(value: unknown, words: Partial<LiquidGlobals>): string {
  if (value instanceof ShownValue) return value.shown;
  if (typeof value === 'boolean') return (value ? words.yes : words.no) ?? String(value);
  const plain: unknown = toValue(value);
  if (isBlank(plain)) throw new MissingValue();
  if (Array.isArray(plain)) return plain.map((each) => (each instanceof SafeHtml ? each.html : String(toValue(each)))).join(', ');
  return typeof plain === 'string' ? plain : typeof plain === 'number' ? String(plain) : JSON.stringify(plain);
}

/** What a rendering knows beside its variables. */
export type LiquidGlobals = {
  /** The workspace's clock, for `{{ "now" | date: "%Y" }}`: milliseconds since 1970 UTC. */
  now: number;
  /** How a yes or a no is printed in the reader's language. */
  yes: string;
  no: string;
};

export type LiquidLimits = {
  /** Milliseconds for one rendering. */
  renderMs: number;
  /** Units of memory as liquidjs counts them: about one for each character or item made. */
  memory: number;
};

/** Generous for a mail, and far below what would be felt. */
export const MESSAGE_LIMITS: LiquidLimits = { renderMs: 4_000, memory: 5_000_000 };

/**
 * Makes an engine. `html`: values are escaped as they are printed, and no filter can switch that off; `text` (subjects): they
 * are printed as they are. `blanks`: what has no value is refused, or prints nothing. `locale` is the reader's, for names of months and days in the `date` filter.
 */
export function createLiquid(output: 'html' | 'text', locale = 'en', limits: LiquidLimits = MESSAGE_LIMITS, blanks: 'refused' | 'printed' = 'refused'): Liquid {
  const html = output === 'html';
  const liquid = new Liquid({
    templates: {},
    relativeReference: false,
    dynamicPartials: false,
    cache: false,
    ownPropertyOnly: true,
    strictFilters: true,
    locale,
    timezoneOffset: 0,
    parseLimit: 1_100_000,
    renderLimit: limits.renderMs,
    memoryLimit: limits.memory,
    outputEscape: function print(this: { context: Context }, value: unknown) {
      if (value instanceof SafeHtml) return value.html;
      const text = blanks === 'printed' && isBlank(value) ? '' : printed(value, this.context.globals as Partial<LiquidGlobals>);
      return html ? escapeHtml(text) : text;
    } as never,
  });
  // Files do not exist here, and what is printed is always escaped: a message that asks otherwise is told so at once.
  for (const tag of ['include', 'render', 'layout', 'block']) delete liquid.tags[tag];
  delete liquid.filters['raw'];
  for (const filter of ['escape', 'escape_once', 'xml_escape']) liquid.registerFilter(filter, (value: unknown) => value);
  if (html) {
    liquid.registerFilter('newline_to_br', (value: unknown) => new SafeHtml(escapeHtml(printed(value, {})).replaceAll(/\r?\n/g, '<br>')));
    captureAsHtml(liquid);
  }
  closeDates(liquid);
  return liquid;
}

type TagClass = Extract<Parameters<Liquid['registerTag']>[1], new (...given: never[]) => unknown>;
type Rendering = { render(context: Context, emitter: Emitter): Generator<unknown, void, string> };

/** What `capture` has gathered was escaped as it was printed; printing it must not do so again. */
function captureAsHtml(liquid: Liquid): void {
  const Capture = liquid.tags['capture'] as unknown as new (
    token: TagToken,
    remaining: TopLevelToken[],
    liquid: Liquid,
  ) => Omit<Tag, 'render'> & Rendering;
  class CaptureAsHtml extends Capture {
    override *render(context: Context, emitter: Emitter): Generator<unknown, void, string> {
      yield* super.render(context, emitter);
      const name = (this as unknown as { variable: string }).variable;
      const scope = context.bottom() as Record<string, unknown>;
      scope[name] = new SafeHtml(String(scope[name]));
    }
  }
  liquid.registerTag('capture', CaptureAsHtml as unknown as TagClass);
}

/** "now" is the workspace's clock (which may be virtual), and a date is read in its own zone, never in the computer's. */
function closeDates(liquid: Liquid): void {
  const original = liquid.filters['date'];
  if (typeof original !== 'function') throw new Error('liquidjs has no date filter');
  liquid.registerFilter('date', function date(this: ThisParameterType<typeof original>, value: unknown, format?: unknown, zone?: unknown) {
    const now = (this.context.globals as { now?: unknown }).now;
    const plain: unknown = toValue(value);
    if (plain === 'now' || plain === 'today') return original.call(this, typeof now === 'number' ? now / 1000 : null, format, zone);
    if (!(value instanceof ShownValue)) return original.call(this, value, format, zone);
    // An instant is milliseconds here and seconds to Liquid.
    return original.call(this, typeof plain === 'number' ? plain / 1000 : plain, format, zone ?? value.zone ?? undefined);
  });
}
