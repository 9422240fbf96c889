// Puts the theme around the program. What Mantine draws by itself (the cross of a dialog) gets its words here.
import { useMemo, type ReactNode } from 'react';
import { MantineProvider, mergeThemeOverrides } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { useTranslation } from 'react-i18next';
import { cssVariables, theme } from './theme.ts';

export function Root({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  const close = t('close');
  const worded = useMemo(() => {
    const defaultProps = { closeButtonProps: { 'aria-label': close } };
    return mergeThemeOverrides(theme, { components: { Modal: { defaultProps }, Drawer: { defaultProps }, Notification: { defaultProps } } });
  }, [close]);
  return (
    <MantineProvider theme={worded} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
      <Notifications position="bottom-right" limit={4} />
      {children}
    </MantineProvider>
  );
}
