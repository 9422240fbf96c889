// A list that a call reads: while it loads, when it cannot be read, when there is nothing yet, and what it holds.
import type { ReactNode } from 'react';
import type { Reading } from '../backend.ts';
import type { DrawingName } from './Drawing.tsx';
import { Empty } from './Empty.tsx';
import { Failed } from './Failed.tsx';
import { Loading } from './Loading.tsx';

type Props<Item> = {
  of: Reading<Item[]>;
  /** Shown when there is nothing yet: a drawing, a sentence, an action. */
  empty: { drawing: DrawingName; sentence: ReactNode; action: ReactNode };
  children: (items: Item[]) => ReactNode;
};

export function Listing<Item>({ of: reading, empty, children }: Props<Item>) {
  const { data } = reading;
  return (
    <div className="screen-scroll">
      {reading.state === 'loading' && <Loading />}
      {reading.state === 'failed' && data === undefined && <Failed error={reading.error} again={reading.again} />}
      {data?.length === 0 && (
        <Empty drawing={empty.drawing} action={empty.action}>
          {empty.sentence}
        </Empty>
      )}
      {data !== undefined && data.length > 0 && children(data)}
    </div>
  );
}
