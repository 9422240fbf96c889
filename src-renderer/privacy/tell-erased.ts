// Says that people are erased; and where their bytes cannot leave the file yet, that and when they will.
import type { TFunction } from 'i18next';
import type { CallOutput } from '../../shared/api.ts';
import { showNote, showSuccess } from '../app/notices.tsx';

export function tellErased({ erased, bytesGone }: CallOutput<'erasure.erase'>, t: TFunction<'privacy'>): void {
  showSuccess(t('erase.done', { count: erased }));
  if (!bytesGone) showNote(t('erase.later'));
}
