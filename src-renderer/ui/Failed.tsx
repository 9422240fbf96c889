// Shown in place of what could not be read: why, and a way to try again.
import { Button, Center, Stack, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { isUnreachable, problemsOf } from '../backend.ts';
import { useText } from '../app/i18n.ts';
import { reportOf } from '../app/notices.tsx';

type Props = { error: Error | null; again: () => void };

export function Failed({ error, again }: Props) {
  const { t } = useTranslation();
  const text = useText();
  const problems = problemsOf(error);
  const isBug = error !== null && problems.length === 0 && !isUnreachable(error);
  return (
    <Center h="100%" p="xl" role="alert">
      <Stack gap="md" align="center" maw={440} ta="center">
        <IconAlertTriangle size={28} stroke={1.4} color="var(--kanal-red)" aria-hidden />
        {problems.length > 0 ? (
          problems.map((problem, index) => <Text key={index}>{text(problem.text)}</Text>)
        ) : (
          <Text>{isBug ? t('failed.bug') : t('failed.unreachable')}</Text>
        )}
        <Button.Group>
          <Button variant="default" onClick={again}>
            {t('failed.again')}
          </Button>
          {isBug && (
            <Button variant="default" onClick={() => void navigator.clipboard.writeText(reportOf(error))}>
              {t('bug.copy')}
            </Button>
          )}
        </Button.Group>
      </Stack>
    </Center>
  );
}
