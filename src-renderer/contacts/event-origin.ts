// Who or what did something, in the words of the window.
import { useTranslation } from 'react-i18next';
import { originWords, type Origin } from '../../shared/contacts/event-words.ts';

/** Says where a change came from; a source without words of its own as it stands. */
export function useOrigin(): (origin: Origin) => string {
  const { t } = useTranslation('contact-page');
  return (origin) => originWords(origin, (key, values) => t(key, values ?? { file: '' }));
}
