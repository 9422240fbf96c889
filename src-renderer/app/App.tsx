// What the window shows: the start screen while no workspace is open, and otherwise the workspace.
import { Center, Loader } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useCall } from '../backend.ts';
import { Failed } from '../ui/Failed.tsx';
import { Shell } from './Shell.tsx';
import { StartScreen } from './StartScreen.tsx';
import { WorkspaceProvider } from './workspace.tsx';

export function App() {
  const { t } = useTranslation();
  const current = useCall('workspace.current', {}, ['workspace', 'settings']);
  if (current.state === 'loading') {
    return (
      <Center h="100%">
        <Loader size="sm" aria-label={t('loading')} />
      </Center>
    );
  }
  if (current.data === undefined) return <Failed error={current.error} again={current.again} />;
  if (current.data === null) return <StartScreen />;
  return (
    <WorkspaceProvider workspace={current.data}>
      <Shell key={current.data.file} />
    </WorkspaceProvider>
  );
}
