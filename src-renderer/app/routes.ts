// Where the user is. The place stands in the address after '#', so that a reload and the back button find it again.
import { useSyncExternalStore } from 'react';

export const SETTINGS_SECTIONS = ['workspace', 'sending', 'window'] as const;
export type SettingsSection = (typeof SETTINGS_SECTIONS)[number];

export type Route =
  | { screen: 'flows' }
  | { screen: 'flow'; id: number }
  | { screen: 'contacts' }
  | { screen: 'contact'; id: number }
  | { screen: 'import' }
  | { screen: 'messages' }
  | { screen: 'message'; key: string }
  | { screen: 'outbox' }
  | { screen: 'settings'; section: SettingsSection };

/** The address of a place, beginning with '#'. */
export function addressOf(route: Route): string {
  switch (route.screen) {
    case 'flow':
      return `#/flows/${route.id}`;
    case 'contact':
      return `#/contacts/${route.id}`;
    case 'import':
      return '#/contacts/import';
    case 'message':
      return `#/messages/${encodeURIComponent(route.key)}`;
    case 'settings':
      return `#/settings/${route.section}`;
    default:
      return `#/${route.screen}`;
  }
}

/** The place of an address; whatever it does not know leads to the flows. */
export function routeOf(address: string): Route {
  const [screen, rest] = address.replace(/^#\/?/, '').split('/');
  const number = Number(rest);
  const isNumber = rest !== undefined && /^\d+$/.test(rest);
  if (screen === 'flows' && isNumber) return { screen: 'flow', id: number };
  if (screen === 'contacts') {
    if (rest === 'import') return { screen: 'import' };
    return isNumber ? { screen: 'contact', id: number } : { screen: 'contacts' };
  }
  if (screen === 'messages') return rest === undefined || rest === '' ? { screen: 'messages' } : { screen: 'message', key: decodeURIComponent(rest) };
  if (screen === 'outbox') return { screen: 'outbox' };
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
