// Notices: what went well in a word, what went wrong in a sentence, and a bug with a report to copy.
import { Button, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import i18next from 'i18next';
import { ProblemError } from '../../shared/problem.ts';
import { UnreachableError } from '../bridge.ts';
import { sentence } from './i18n.ts';

export function showSuccess(message: string): void {
  notifications.show({ message, color: 'canal', autoClose: 3500 });
}

/** Says what the user can do differently; nothing has gone wrong. */
export function showNote(message: string): void {
  notifications.show({ message, color: 'amber', autoClose: 8000 });
}

/** Shows why something did not happen. Problems keep their own sentences; several become a list. */
export function showFailure(error: unknown): void {
  if (error instanceof ProblemError) {
    notifications.show({
      color: 'red',
      autoClose: 12_000,
      message: (
        <Stack gap={4}>
          {error.problems.slice(0, 5).map((problem, index) => (
            <Text key={index} size="sm">
              {sentence(problem.text)}
            </Text>
          ))}
        </Stack>
      ),
    });
    return;
  }
  if (error instanceof UnreachableError) {
    notifications.show({ id: 'unreachable', color: 'red', message: i18next.t('unreachable.act'), autoClose: 8000 });
    return;
  }
  notifications.show({
    color: 'red',
    title: i18next.t('bug.title'),
    autoClose: false,
    message: (
      <Stack gap={8} align="flex-start">
        <Text size="sm">{i18next.t('bug.explain')}</Text>
        <Button size="compact-sm" variant="default" onClick={() => void navigator.clipboard.writeText(reportOf(error))}>
          {i18next.t('bug.copy')}
        </Button>
      </Stack>
    ),
  });
}

/** What to send to whoever mends the program: no contents, no addresses beyond what the error itself says. */
export function reportOf(error: unknown): string {
  const method = error instanceof Error && 'method' in error ? String(error.method) : '';
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return ['Kanal', navigator.userAgent, new Date(Date.now()).toISOString(), method, text].filter((line) => line !== '').join('\n');
}
