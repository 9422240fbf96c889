// Why an address is never written to, as codes that have words; any other reason is shown as it was given.
import { useTranslation } from 'react-i18next';

const REASONS = ['user', 'unsubscribed', 'complaint', 'bounced', 'import', 'erased'] as const;

/** The words of a reason. */
export function useSuppressionReason(): (code: string) => string {
  const { t } = useTranslation('privacy');
  return (code) => {
    const known = REASONS.find((each) => each === code);
    return known === undefined ? code : t(`reason.${known}`);
  };
}
