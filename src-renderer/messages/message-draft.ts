// A message being written: kept a second after the last key, and when it is left.
import { useCallback, useEffect, useRef, useState } from 'react';
import type { Message } from '../../shared/flow/flow.ts';
import { call } from '../backend.ts';
import { showFailure } from '../app/notices.tsx';

const IDLE = 1000;

export type SaveState = { kind: 'unchanged' } | { kind: 'waiting' } | { kind: 'saved'; at: number } | { kind: 'failed' };

export type MessageDraft = {
  message: Message;
  change: (change: Partial<Message>) => void;
  saving: SaveState;
  /** Keeps at once what has not been kept; answers whether it is kept now. */
  flush: () => Promise<boolean>;
};

/** `now` reads the clock that is shown beside "Saved". */
export function useMessageDraft(loaded: Message, now: () => number): MessageDraft {
  const [message, setMessage] = useState(loaded);
  const [saving, setSaving] = useState<SaveState>({ kind: 'unchanged' });
  const latest = useRef(loaded);
  const kept = useRef(loaded);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const clock = useRef(now);
  clock.current = now;

  const flush = useCallback(async () => {
    clearTimeout(timer.current);
    const saved = latest.current;
    if (saved === kept.current) return true;
    try {
      await call('messages.save', saved);
      kept.current = saved;
      if (latest.current === saved) setSaving({ kind: 'saved', at: clock.current() });
      return true;
    } catch (error) {
      setSaving({ kind: 'failed' });
      showFailure(error);
      return false;
    }
  }, []);

  const change = useCallback(
    (part: Partial<Message>) => {
      latest.current = { ...latest.current, ...part };
      setMessage(latest.current);
      setSaving({ kind: 'waiting' });
      clearTimeout(timer.current);
      timer.current = setTimeout(() => void flush(), IDLE);
    },
    [flush],
  );

  useEffect(() => () => void flush(), [flush]);
  return { message, change, saving, flush };
}
