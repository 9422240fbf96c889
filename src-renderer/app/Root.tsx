// Puts the theme around the program. What Mantine draws by itself (the cross of a dialog) gets its words here.
import { useMemo, type ReactNode } from 'react';
import { MantineProvider, mergeThemeOverrides } from '@mantine/core';
import { DatesProvider } from '@mantine/dates';
import { Notifications } from '@mantine/notifications';
import { useTranslation } from 'react-i18next';
import 'dayjs/locale/da';
import 'dayjs/locale/nl';
import 'dayjs/locale/pl';
import 'dayjs/locale/sv';
import { cssVariables, theme } from './theme.ts';

export function Root({ children }: { children: ReactNode }) {
  const { t, i18n } = useTranslation();
  const close = t('close');
  const worded = useMemo(() => {
    const defaultProps = { closeButtonProps: { 'aria-label': close } };
    return mergeThemeOverrides(theme, { components: { Modal: { defaultProps }, Drawer: { defaultProps }, Notification: { defaultProps } } });
  }, [close]);
  return (
    <MantineProvider theme={worded} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
      <DatesProvider settings={{ locale: i18n.language, firstDayOfWeek: 1 }}>
        <Notifications position="bottom-right" limit={4} />
        {children}
      </DatesProvider>
    </MantineProvider>
  );
}
