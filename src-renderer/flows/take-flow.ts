// Takes a flow out of the text of a flow file, as a draft, and opens it.
import i18next from 'i18next';
import { call } from '../backend.ts';
import { showSuccess } from '../app/notices.tsx';
import { go } from '../app/routes.ts';

/** Says what came with the flow. Throws as `call` does, with the places where the file is wrong. */
export async function takeFlow(text: string, fileName: string): Promise<void> {
  const made = await call('flows.importFile', { text, fileName });
  const news = Object.values(made.created).flat();
  showSuccess(news.length === 0 ? i18next.t('imported', { ns: 'flows' }) : i18next.t('importedWith', { ns: 'flows', count: news.length }));
  go({ screen: 'flow', id: made.id });
}
