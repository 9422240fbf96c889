// Who or what did something, in words: a person, a flow by its name, an import by its file, a change of many contacts.
import { useTranslation } from 'react-i18next';

const SOURCES = ['user', 'import', 'flow', 'channel', 'cli', 'sample', 'api', 'undo', 'merge', 'guard', 'retention'] as const;

export type Origin = { source: string; flow: string | null; importFile?: string | null; bulkEdit?: number | null };

/** Says where a change came from; a source without words of its own as it stands. */
export function useOrigin(): (origin: Origin) => string {
  const { t } = useTranslation('contact-page');
  return ({ source, flow, importFile, bulkEdit }) => {
    if (importFile != null) return t('by.importFile', { file: importFile });
    if (bulkEdit != null) return t('by.bulk');
    if (flow !== null && source === 'flow') return flow;
    const known = SOURCES.find((each) => each === source);
    const by = known === undefined ? source : t(`by.${known}`);
    return flow === null ? by : `${flow} · ${by}`;
  };
}
