// A time of day, written as the workspace writes times, whatever the browser prefers; any usual way of writing it is understood.
import { useState, type ComponentProps } from 'react';
import { TextInput } from '@mantine/core';
import { useWorkspace } from '../app/workspace.tsx';
import { readClock, writeClock } from './clock-text.ts';

type Props = Omit<ComponentProps<typeof TextInput>, 'value' | 'onChange'> & {
  /** "HH:MM", 24 hours. */
  value: string;
  onChange(value: string): void;
};

export function ClockInput({ value, onChange, ...rest }: Props) {
  const { locale } = useWorkspace();
  const [typed, setTyped] = useState<string | null>(null);
  return (
    <TextInput
      {...rest}
      autoComplete="off"
      value={typed ?? writeClock(value, locale)}
      onChange={(event) => {
        const text = event.currentTarget.value;
        setTyped(text);
        const time = readClock(text);
        if (time !== null && time !== value) onChange(time);
      }}
      onBlur={() => setTyped(null)}
    />
  );
}
