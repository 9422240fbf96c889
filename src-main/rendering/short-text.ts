// Fills the merge tags of short texts for people in the house: cards, notes, notices. In the workspace's language, within narrow
// limits, and what has no value prints nothing: nobody outside ever sees it.
import type { Liquid, Template } from 'liquidjs';
import { createLiquid } from '../../shared/messages/liquid.ts';
import { attributesOf } from '../store/attributes.ts';
import { getContacts } from '../store/contacts.ts';
import { readSettings } from '../store/settings.ts';
import type { Workspace } from '../workspace.ts';
import { contactScope } from './values.ts';
import { mailWords, readerLocale } from './words.ts';

/** Far more than a card needs; a text that asks for more is refused, and fails its own contact only. */
const LIMITS = { renderMs: 100, memory: 200_000 };
const MOST = 20_000;

const engines = new Map<string, Liquid>();

/** Answers for each contact the texts with their merge tags filled in. Throws an Error for a template that cannot be rendered. */
export function shortTexts(workspace: Workspace, contactIds: readonly number[], texts: readonly string[]): Map<number, string[]> {
  // Most texts have no merge tags.
  if (!texts.some((text) => text.includes('{{') || text.includes('{%'))) return new Map(contactIds.map((id) => [id, [...texts]]));
  const settings = readSettings(workspace);
  const locale = readerLocale(null, settings.locale);
  let engine = engines.get(locale);
  if (engine === undefined) engines.set(locale, (engine = createLiquid('text', locale, LIMITS, 'printed')));
  const templates = texts.map((text): Template[] => engine.parse(text));
  const attributes = attributesOf(workspace);
  const kinds = Object.fromEntries([...attributes.values()].map(({ key, kind }) => [key, kind]));
  const words = mailWords(locale);
  const globals = { now: workspace.clock.now(), yes: words.yes, no: words.no };
  const contacts = getContacts(workspace, contactIds, attributes);
  return new Map(
    contactIds.map((id) => {
      const values = contacts.get(id)?.values ?? {};
      const contact = contactScope(values, kinds, { locale, zone: settings.timeZone, currency: settings.currency });
      const scope = { contact, workspace: { name: settings.name, postal_address: settings.postalAddress } };
      return [id, templates.map((template) => (engine.renderSync(template, scope, { globals }) as string).slice(0, MOST).trim())];
    }),
  );
}
