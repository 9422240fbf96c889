// What the options of `kanal import` change in the proposed plan.
import { basename } from 'node:path';
import type { FileInspection } from '../../shared/api.ts';
import { keySchema } from '../../shared/fields.ts';
import { ATTRIBUTE_KINDS, CHANNELS, type Attribute, type AttributeKind, type Channel } from '../../shared/contacts/contact.ts';
import { foldName, keyFromName } from '../../shared/contacts/header-names.ts';
import { EXISTING_RULES, MATCH_KEYS, type ColumnTarget, type ExistingRule, type ImportPlan, type MatchKey } from '../../shared/contacts/import-plan.ts';
import { withFittingMatch } from '../../shared/contacts/match-keys.ts';
import { refuse } from '../../shared/problem.ts';
import { say } from '../../shared/text.ts';
import type { CommandContext } from './command.ts';
import { withNearest, wrongUsage } from './usage.ts';

type Options = CommandContext['options'];

/** The text of an option; `undefined` where it was not given. */
export function textOption(options: Options, name: string): string | undefined {
  const value = options[name];
  return typeof value === 'string' ? value : undefined;
}

/** All texts of an option that may be repeated. */
function listOption(options: Options, name: string): string[] {
  const value = options[name];
  return Array.isArray(value) ? value : typeof value === 'string' ? [value] : [];
}

/** One of some words; refuses any other. */
export function wordOption<Word extends string>(options: Options, name: string, words: readonly Word[]): Word | undefined {
  const given = textOption(options, name);
  if (given === undefined) return undefined;
  const word = words.find((each) => each === given);
  if (word === undefined) wrongUsage('bad-option', withNearest(say('--{name} is one of {words}, not "{given}".', { name, words: words.join(', '), given }), given, words), { field: `--${name}` });
  return word;
}

const SEPARATOR_WORDS: Readonly<Record<string, string>> = { tab: '\t', comma: ',', semicolon: ';', bar: '|' };

/** What the user says about how to read the file, for `imports.inspect`. */
export function readingOptions(options: Options): { encoding?: string; separator?: string; headerLine?: number; sheet?: string } {
  const sheet = textOption(options, 'sheet');
  const encoding = textOption(options, 'encoding');
  const separator = textOption(options, 'separator');
  const line = textOption(options, 'header-line');
  if (separator !== undefined && separator.length !== 1 && SEPARATOR_WORDS[separator] === undefined) {
    wrongUsage('bad-option', say('--separator is one character, or one of {words}.', { words: Object.keys(SEPARATOR_WORDS).join(', ') }), { field: '--separator' });
  }
  if (line !== undefined && !/^\d{1,7}$/.test(line)) wrongUsage('bad-option', say('--header-line is the number of a line; 0 says that there is no header.'), { field: '--header-line' });
  return {
    ...(encoding !== undefined && { encoding }),
    ...(separator !== undefined && { separator: SEPARATOR_WORDS[separator] ?? separator }),
    ...(line !== undefined && { headerLine: Number(line) }),
    ...(sheet !== undefined && { sheet }),
  };
}

/** The proposed plan as the options change it. Throws a ProblemError for options that do not fit the file. */
export function planFromOptions(file: string, inspection: FileInspection, attributes: readonly Attribute[], options: Options): ImportPlan {
  const { plan } = inspection;
  const mapped = mapColumns(file, plan.columns, attributes, listOption(options, 'map'));
  const decimal = wordOption(options, 'decimal', [',', '.'] as const);
  const dateOrder = wordOption(options, 'date-order', ['dmy', 'mdy', 'ymd'] as const);
  const { overall, rules } = existingOptions(options);
  const match = matchKeys(options);
  const changed: ImportPlan = {
    ...plan,
    reading: { ...plan.reading, ...(decimal && { decimal }), ...(dateOrder && { dateOrder }) },
    columns: withRules(file, mapped.columns, rules),
    existing: overall ?? plan.existing,
    match: match ?? plan.match,
    duplicates: wordOption(options, 'duplicates', ['merge', 'first', 'last'] as const) ?? plan.duplicates,
    tags: listOption(options, 'tag').map((tag) => tag.trim() || wrongUsage('tag-empty', say('A tag needs a name.'), { field: '--tag' })),
    consent: consentOf(file, mapped, options),
    segment: segmentOf(options),
    startFlows: options['start-flows'] === true,
  };
  // Who names the keys is refused where one of them is missing; else the best that the file has is taken.
  return match === undefined ? withFittingMatch(changed) : changed;
}

function segmentOf(options: Options): ImportPlan['segment'] {
  const name = textOption(options, 'segment')?.trim();
  const mode = options['replace-segment'] === true ? 'replace' : 'append';
  if (name !== undefined && name !== '') return { key: null, name, mode };
  if (mode === 'replace') wrongUsage('bad-option', say('Say which segment: --segment NAME.'), { field: '--segment' });
  return null;
}

const OVERALL = ['update', 'fill', 'skip'] as const;

/** `--existing fill` is for all columns, `--existing "City=keep"` for one. */
function existingOptions(options: Options): { overall: (typeof OVERALL)[number] | undefined; rules: [column: string, rule: ExistingRule][] } {
  const given = listOption(options, 'existing');
  const forAll = given.filter((each) => !each.includes('='));
  const overall = wordOption({ existing: forAll.at(-1) }, 'existing', OVERALL);
  const rules = given.filter((each) => each.includes('=')).map((each): [string, ExistingRule] => {
    const at = each.lastIndexOf('=');
    const rule = EXISTING_RULES.find((word) => word === each.slice(at + 1).trim());
    if (rule === undefined) wrongUsage('bad-option', withNearest(say('For a column, --existing is one of {words}, not "{given}".', { words: EXISTING_RULES.join(', '), given: each.slice(at + 1) }), each.slice(at + 1), EXISTING_RULES), { field: '--existing' });
    return [each.slice(0, at), rule];
  });
  return { overall, rules };
}

function withRules(file: string, columns: ImportPlan['columns'], rules: readonly [string, ExistingRule][]): ImportPlan['columns'] {
  const byHeader = new Map(rules.map(([name, rule]) => [columnNamed(file, columns, name, '--existing').header, rule]));
  return columns.map((column) => (byHeader.has(column.header) ? { ...column, existing: byHeader.get(column.header) } : column));
}

/** What contacts are found by, in order: `--match external_id,email`. */
function matchKeys(options: Options): MatchKey[] | undefined {
  const given = textOption(options, 'match');
  if (given === undefined) return undefined;
  return given.split(',').map((word) => {
    const key = MATCH_KEYS.find((each) => each === word.trim());
    if (key === undefined) wrongUsage('bad-option', withNearest(say('--match is one or several of {keys}, with commas between them, not "{given}".', { keys: MATCH_KEYS.join(', '), given: word.trim() }), word.trim(), MATCH_KEYS), { field: '--match' });
    return key;
  });
}

type Mapped = { columns: ImportPlan['columns']; /** Consent columns that the user named. */ named: Channel[] };

function mapColumns(file: string, columns: ImportPlan['columns'], attributes: readonly Attribute[], maps: readonly string[]): Mapped {
  const targets = new Map<string, ColumnTarget>();
  for (const map of maps) {
    const at = map.lastIndexOf('=');
    if (at < 1) wrongUsage('bad-map', say('--map is written "Column=attribute"; "{map}" is not.', { map }), { field: '--map' });
    const { header } = columnNamed(file, columns, map.slice(0, at), '--map');
    targets.set(header, targetNamed(map.slice(at + 1).trim(), header, attributes));
  }
  const claimed = new Set([...targets.values()].map(place));
  const taken = new Set([...attributes.map(({ key }) => key), ...columns.flatMap(({ target }) => (target.kind === 'newAttribute' ? [target.attribute] : []))]);
  return {
    columns: columns.map((column, index) => {
      const { header, target } = column;
      const given = targets.get(header);
      if (given !== undefined) return { ...column, target: given };
      // Another column was guessed to be what the user has named: it becomes an attribute of its own.
      if (target.kind === 'ignore' || !claimed.has(place(target))) return column;
      const key = keyFromName(header, index + 1, taken);
      taken.add(key);
      return { header, target: { kind: 'newAttribute', attribute: key, label: header.slice(0, 200), attributeKind: 'text' } };
    }),
    named: [...targets.values()].flatMap((target) => (target.kind === 'consent' || target.kind === 'status' ? [target.channel] : [])),
  };
}

function place(target: ColumnTarget): string {
  if (target.kind === 'attribute' || target.kind === 'newAttribute') return `attribute ${target.attribute}`;
  return target.kind === 'consent' || target.kind === 'status' ? `consent ${target.channel}` : target.kind;
}

function columnNamed(file: string, columns: ImportPlan['columns'], name: string, option: string): ImportPlan['columns'][number] {
  const found = columns.find(({ header }) => header === name) ?? columns.find(({ header }) => header.trim() === name.trim()) ?? columns.find(({ header }) => foldName(header) !== '' && foldName(header) === foldName(name));
  if (found !== undefined) return found;
  const known = columns.slice(0, 30).map(({ header }) => `"${header}"`).join(', ');
  return refuse('column-unknown', withNearest(say('{file} has no column "{name}". It has {known}.', { file: basename(file), name, known }), name, columns.map(({ header }) => header)), { file, field: option });
}

/** `email`, `tags`, `consent:sms`, `status`, `ignore`, an attribute's key or label, or a new key, with its kind if it is not text (`points:number`). */
function targetNamed(name: string, header: string, attributes: readonly Attribute[]): ColumnTarget {
  const own = attributes.find(({ key }) => key === name) ?? attributes.find(({ label }) => label === name.normalize('NFC'));
  if (own !== undefined) return { kind: 'attribute', attribute: own.key };
  if (name === 'tags') return { kind: 'tags' };
  if (name === 'ignore' || name === '') return { kind: 'ignore' };
  const [word, kind = 'text'] = name.split(':') as [string, string?];
  if (word === 'consent' || word === 'email_consent' || word === 'sms_consent') {
    const channel = word === 'sms_consent' ? 'sms' : kind === 'text' ? 'email' : kind;
    if (!CHANNELS.includes(channel as Channel)) wrongUsage('bad-map', withNearest(say('Consent is for one of the channels {channels}, not "{channel}".', { channels: CHANNELS.join(', '), channel }), channel, CHANNELS), { field: '--map' });
    return { kind: 'consent', channel: channel as Channel };
  }
  if (word === 'status' && (kind === 'text' || kind === 'sms' || kind === 'email')) return { kind: 'status', channel: kind === 'sms' ? 'sms' : 'email', words: {}, unknown: 'reject' };
  if (!ATTRIBUTE_KINDS.includes(kind as AttributeKind)) wrongUsage('bad-map', withNearest(say('"{kind}" is no kind of attribute. There are: {kinds}.', { kind, kinds: ATTRIBUTE_KINDS.join(', ') }), kind, ATTRIBUTE_KINDS), { field: '--map' });
  if (!keySchema.safeParse(word).success) {
    refuse('attribute-key', say('"{key}" is no attribute of this workspace, and cannot be the key of a new one: use small letters a to z, digits and _, beginning with a letter.', { key: word }), { field: '--map' });
  }
  return { kind: 'newAttribute', attribute: word, label: header.slice(0, 200), attributeKind: kind as AttributeKind };
}

/** Consent comes with a source in words. A column that the user names as consent is one; its source is then the file, if nothing better is said. */
function consentOf(file: string, { columns, named }: Mapped, options: Options): ImportPlan['consent'] {
  const said = textOption(options, 'consent');
  const [words = '', topic] = said === undefined ? [] : (said.split(':', 2) as [string, string?]);
  const channels = said === undefined ? [] : words.split(',').map((word) => wordOption({ ...options, consent: word.trim() }, 'consent', CHANNELS)!);
  if (topic !== undefined && !keySchema.safeParse(topic).success) refuse('topic-unknown', say('There is no topic {topic}. See `kanal topics`.', { topic }), { field: '--consent' });
  const source = textOption(options, 'consent-source')?.trim();
  if (channels.length > 0 && (source === undefined || source === '')) {
    refuse('consent-source', say('Say where the consent comes from: --consent-source "newsletter form on our site".'), { field: '--consent-source' });
  }
  const inColumns = [...new Set([...named, ...columns.flatMap(({ target }) => (target.kind === 'consent' || target.kind === 'status' ? [target.channel] : []))])];
  if (channels.length === 0 && source !== undefined && inColumns.length === 0) refuse('consent-channel', say('Say what the consent is for: --consent email or --consent sms.'), { field: '--consent' });
  const [channel, ...also] = channels.length > 0 ? channels : source === undefined ? [...new Set(named)] : inColumns;
  return channel === undefined ? null : { channel, ...(also.length > 0 && { also }), ...(topic !== undefined && { topic }), source: source ?? basename(file).slice(0, 500) };
}
