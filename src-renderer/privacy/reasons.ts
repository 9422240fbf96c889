// Why an address is never written to, as codes that have words; any other reason is shown as it was given.
import { useTranslation } from 'react-i18next';
import { SUPPRESSION_REASONS } from '../../shared/contacts/blocked-address.ts';

/** The words of a reason. */
export function useSuppressionReason(): (code: string) => string {
  const { t } = useTranslation('privacy');
  return (code) => {
    const known = SUPPRESSION_REASONS.find((each) => each === code);
    return known === undefined ? code : t(`reason.${known}`);
  };
}
