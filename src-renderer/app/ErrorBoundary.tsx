// Catches what a screen throws while it is drawn, so that the rest of the window stays usable and the bug can be reported.
import { Component, type ErrorInfo, type ReactNode } from 'react';
import { Button, Center, Group, Stack, Text, Title } from '@mantine/core';
import i18next from 'i18next';
import { reportOf } from './notices.tsx';

type Props = { children: ReactNode };
type State = { error: Error | null; where: string };

export class ErrorBoundary extends Component<Props, State> {
  override state: State = { error: null, where: '' };

  static getDerivedStateFromError(error: unknown): Partial<State> {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override componentDidCatch(_error: unknown, info: ErrorInfo) {
    this.setState({ where: info.componentStack ?? '' });
  }

  override render() {
    const { error, where } = this.state;
    if (error === null) return this.props.children;
    return (
      <Center h="100%" p="xl" role="alert">
        <Stack gap="md" maw={460}>
          <Title order={1}>{i18next.t('bug.title')}</Title>
          <Text>{i18next.t('bug.screen')}</Text>
          <Group>
            <Button onClick={() => this.setState({ error: null, where: '' })}>{i18next.t('bug.again')}</Button>
            <Button variant="default" onClick={() => void navigator.clipboard.writeText(`${reportOf(error)}\n${where}`)}>
              {i18next.t('bug.copy')}
            </Button>
          </Group>
        </Stack>
      </Center>
    );
  }
}
