// Where the user is. The place stands in the address after '#', so that a reload and the back button find it again.
import { useSyncExternalStore } from 'react';

export const SETTINGS_SECTIONS = ['workspace', 'sending', 'rules', 'calendars', 'privacy', 'window'] as const;
export type SettingsSection = (typeof SETTINGS_SECTIONS)[number];

/** Which people of a flow are listed. */
export const PEOPLE_VIEWS = ['inside', 'failed', 'held', 'left', 'line'] as const;
export type PeopleView = (typeof PEOPLE_VIEWS)[number];

export type Route =
  | { screen: 'flows' }
  | { screen: 'flow'; id: number }
  /** Who is in a flow; `step`: those at that step; `view`: those who are stuck, say. */
  | { screen: 'people'; flow: number; step?: string; view?: PeopleView }
  | { screen: 'contacts'; segment?: string }
  | { screen: 'contact'; id: number }
  | { screen: 'duplicates' }
  | { screen: 'import' }
  | { screen: 'imports' }
  | { screen: 'edits' }
  | { screen: 'attributes' }
  | { screen: 'companies' }
  | { screen: 'company'; key: string }
  | { screen: 'segments' }
  | { screen: 'segment'; key: string }
  /** A segment that is not saved yet: from a template by its id, from no rule ("rule"), or a fixed set ("fixed"). */
  | { screen: 'newSegment'; from: string }
  | { screen: 'messages' }
  | { screen: 'message'; key: string }
  | { screen: 'tasks' }
  | { screen: 'outbox' }
  | { screen: 'errors' }
  /** What was changed, of one flow or of all. */
  | { screen: 'audit'; flow?: number }
  | { screen: 'settings'; section: SettingsSection };

/** The address of a place, beginning with '#'. */
export function addressOf(route: Route): string {
  switch (route.screen) {
    case 'flow':
      return `#/flows/${route.id}`;
    case 'people':
      return `#/flows/${route.flow}/${route.view === undefined || route.view === 'inside' ? 'people' : route.view}${route.step === undefined ? '' : `/${encodeURIComponent(route.step)}`}`;
    case 'contacts':
      return route.segment === undefined ? '#/contacts' : `#/contacts/in-${encodeURIComponent(route.segment)}`;
    case 'contact':
      return `#/contacts/${route.id}`;
    case 'segment':
      return `#/segments/${encodeURIComponent(route.key)}`;
    case 'newSegment':
      return `#/segments/new-${encodeURIComponent(route.from)}`;
    case 'duplicates':
      return '#/contacts/duplicates';
    case 'import':
      return '#/contacts/import';
    case 'imports':
      return '#/contacts/imports';
    case 'edits':
      return '#/contacts/edits';
    case 'attributes':
      return '#/contacts/attributes';
    case 'companies':
      return '#/companies';
    case 'company':
      return `#/companies/${encodeURIComponent(route.key)}`;
    case 'message':
      return `#/messages/${encodeURIComponent(route.key)}`;
    case 'audit':
      return route.flow === undefined ? '#/audit' : `#/audit/${route.flow}`;
    case 'settings':
      return `#/settings/${route.section}`;
    default:
      return `#/${route.screen}`;
  }
}

/** The place of an address; whatever it does not know leads to the flows. */
export function routeOf(address: string): Route {
  const [screen, rest, part, place] = address.replace(/^#\/?/, '').split('/');
  const number = Number(rest);
  const isNumber = rest !== undefined && /^\d+$/.test(rest);
  const view = PEOPLE_VIEWS.find((each) => each === part);
  if (screen === 'flows' && isNumber && (part === 'people' || view !== undefined)) return { screen: 'people', flow: number, ...(view !== undefined && { view }), ...(place !== undefined && place !== '' && { step: decodeURIComponent(place) }) };
  if (screen === 'flows' && isNumber) return { screen: 'flow', id: number };
  if (screen === 'contacts') {
    if (rest === 'import' || rest === 'imports' || rest === 'duplicates' || rest === 'edits' || rest === 'attributes') return { screen: rest };
    if (rest?.startsWith('in-') === true) return { screen: 'contacts', segment: decodeURIComponent(rest.slice(3)) };
    return isNumber ? { screen: 'contact', id: number } : { screen: 'contacts' };
  }
  if (screen === 'companies') return rest === undefined || rest === '' ? { screen: 'companies' } : { screen: 'company', key: decodeURIComponent(rest) };
  if (screen === 'messages') return rest === undefined || rest === '' ? { screen: 'messages' } : { screen: 'message', key: decodeURIComponent(rest) };
  // No key of a segment has a hyphen in it.
  if (screen === 'segments') {
    if (rest === undefined || rest === '') return { screen: 'segments' };
    return rest.startsWith('new-') ? { screen: 'newSegment', from: decodeURIComponent(rest.slice(4)) } : { screen: 'segment', key: decodeURIComponent(rest) };
  }
  if (screen === 'outbox' || screen === 'tasks' || screen === 'errors') return { screen };
  if (screen === 'audit') return isNumber ? { screen: 'audit', flow: number } : { screen: 'audit' };
  if (screen === 'settings') return { screen: 'settings', section: SETTINGS_SECTIONS.find((section) => section === rest) ?? 'workspace' };
  return { screen: 'flows' };
}

/** Goes to a place. */
export function go(route: Route): void {
  location.hash = addressOf(route);
}

function subscribe(listener: () => void): () => void {
  window.addEventListener('hashchange', listener);
  return () => window.removeEventListener('hashchange', listener);
}

/** The place where the user is. */
export function useRoute(): Route {
  const address = useSyncExternalStore(subscribe, () => location.hash);
  return routeOf(address);
}
