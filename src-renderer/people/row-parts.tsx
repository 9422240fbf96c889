// What the lines of all lists of people in flows begin with: a box to tick them by, and who it is.
import { Anchor, Checkbox } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { addressOf } from '../app/routes.ts';

type Row = { enrollment: number; contact: number; email: string | null };
/** `selected` is by enrollment. */
type Ticking<Each extends Row> = { rows: readonly Each[]; selected: ReadonlyMap<number, Each>; onSelect(selected: ReadonlyMap<number, Each>): void };

/** How somebody is called who may have no address. */
export function useWho(): (row: Pick<Row, 'contact' | 'email'>) => string {
  const { t } = useTranslation('people');
  return ({ contact, email }) => email ?? t('noAddress', { id: contact });
}

/** Ticks all lines that are shown, or none of them. */
export function TickAll<Each extends Row>({ rows, selected, onSelect }: Ticking<Each>) {
  const { t } = useTranslation('people');
  const ticked = rows.filter(({ enrollment }) => selected.has(enrollment)).length;
  return <Checkbox size="xs" aria-label={t('selectShown')} checked={ticked === rows.length} indeterminate={ticked > 0 && ticked < rows.length} onChange={(event) => onSelect(withTicks(selected, rows, event.currentTarget.checked))} />;
}

export function Tick<Each extends Row>({ row, selected, onSelect }: Omit<Ticking<Each>, 'rows'> & { row: Each }) {
  const { t } = useTranslation('people');
  const who = useWho();
  return <Checkbox size="xs" aria-label={t('select', { who: who(row) })} checked={selected.has(row.enrollment)} onChange={(event) => onSelect(withTicks(selected, [row], event.currentTarget.checked))} />;
}

function withTicks<Each extends Row>(selected: ReadonlyMap<number, Each>, those: readonly Each[], on: boolean): ReadonlyMap<number, Each> {
  const next = new Map(selected);
  for (const each of those) {
    if (on) next.set(each.enrollment, each);
    else next.delete(each.enrollment);
  }
  return next;
}

/** A link to the contact. */
export function WhoLink({ row }: { row: Pick<Row, 'contact' | 'email'> }) {
  const who = useWho();
  return (
    <Anchor size="sm" className="plain-link" href={addressOf({ screen: 'contact', id: row.contact })} display="block" truncate title={row.email ?? undefined}>
      {who(row)}
    </Anchor>
  );
}
