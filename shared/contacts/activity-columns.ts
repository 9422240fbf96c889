// Proposes what the columns of a file of events or orders are, by their names in several languages and in the exports of
// shops. Pure; the user changes it before anything happens.
import { foldName, KNOWN_FIELDS } from './header-names.ts';
import { holdsAddresses, LINE_COLUMN, REASON_COLUMN } from './columns.ts';
import type { ColumnTarget, ImportKind, SampleColumn } from './import-plan.ts';

const SAMPLES = 3;

const AT = ['at', 'time', 'date', 'timestamp', 'date time', 'datetime', 'occurred at', 'created at', 'created', 'dato', 'tidspunkt', 'datum', 'tijdstip', 'data', 'czas', 'tid', 'tidpunkt', 'datetime utc'];

/** Names by what they mean; the first that is found in a file counts. */
const EVENT_NAMES = {
  type: ['type', 'event', 'event type', 'event name', 'hændelse', 'gebeurtenis', 'zdarzenie', 'händelse', 'aktivitet', 'activity'],
  at: AT,
  id: ['event id', 'eventid', 'id', 'uuid'],
} as const;

const ORDER_NAMES = {
  number: ['order number', 'order no', 'order id', 'order', 'name', 'ordrenr', 'ordrenummer', 'ordre', 'bestelnummer', 'ordernummer', 'ordernr', 'bestelling', 'nr zamówienia', 'numer zamówienia', 'zamówienie', 'order nr', 'beställningsnummer', 'bestellnummer', 'invoice', 'invoice number', 'invoice no', 'receipt', 'receipt number', 'receipt no', 'bon', 'bonnr', 'bonnummer', 'kvittering', 'kvitteringsnr', 'faktura', 'fakturanr', 'fakturanummer', 'factuurnummer', 'numer faktury', 'nr faktury', 'paragon', 'nr paragonu', 'kvitto', 'kvittonr', 'kvittonummer', 'id'],
  at: ['order date', 'ordered at', 'placed at', 'created at', 'paid at', 'purchase date', 'purchased on', 'ordredato', 'købsdato', 'besteldatum', 'orderdatum', 'data zamówienia', 'orderdag', 'köpdatum', 'bestelldatum', ...AT],
  amount: ['total', 'order total', 'amount', 'order amount', 'total amount', 'grand total', 'sum', 'beløb', 'ordrebeløb', 'i alt', 'total inkl moms', 'bedrag', 'totaal', 'orderbedrag', 'kwota', 'suma', 'wartość', 'razem', 'belopp', 'summa', 'ordersumma', 'betrag', 'gesamtbetrag', 'order total amount', 'grand total purchased', 'grand total base'],
  currency: ['currency', 'order currency', 'valuta', 'waluta', 'währung'],
  product: ['product name', 'item name', 'lineitem name', 'line item name', 'product', 'item', 'produkt', 'vare', 'varenavn', 'artikel', 'artikelnaam', 'produktnavn', 'nazwa produktu', 'produktnamn'],
} as const;

/** The keys of a contact that a file of events or orders may name it by. */
const CONTACT_KEYS = ['email', 'external_id', 'phone'] as const;

/** A proposal for each column. What has no meaning of its own is kept as a property under its name. */
export function proposeActivityColumns(kind: Exclude<ImportKind, 'contacts'>, headers: readonly string[], rows: readonly (readonly string[])[]): SampleColumn[] {
  const folded = headers.map(foldName);
  const targets: (ColumnTarget | undefined)[] = headers.map((name) => (name === LINE_COLUMN || name === REASON_COLUMN ? { kind: 'ignore' } : undefined));
  const give = (names: readonly string[], target: ColumnTarget): void => {
    for (const name of names) {
      const column = folded.findIndex((each, index) => each === foldName(name) && targets[index] === undefined);
      if (column < 0) continue;
      targets[column] = target;
      return;
    }
  };
  if (kind === 'events') {
    for (const field of ['type', 'at', 'id'] as const) give(EVENT_NAMES[field], { kind: 'event', field });
  } else {
    for (const field of ['number', 'at', 'amount', 'currency', 'product'] as const) give(ORDER_NAMES[field], { kind: 'order', field });
  }
  for (const key of CONTACT_KEYS) give([key, ...KNOWN_FIELDS.find(({ field }) => field === key)!.names], { kind: 'attribute', attribute: key });
  // Whose it is matters most: a column of addresses is one whatever it is called.
  if (!targets.some((target) => target?.kind === 'attribute' && target.attribute === 'email')) {
    const column = headers.findIndex((_, index) => targets[index] === undefined && holdsAddresses(rows.map((row) => row[index] ?? '')));
    if (column >= 0) targets[column] = { kind: 'attribute', attribute: 'email' };
  }
  return headers.map((header, column): SampleColumn => {
    const filled = rows.map((row) => (row[column] ?? '').trim()).filter((cell) => cell !== '');
    const found = targets[column];
    return {
      header,
      samples: [...new Set(filled)].slice(0, SAMPLES).map((cell) => cell.slice(0, 200)),
      filled: filled.length,
      target: found ?? (filled.length === 0 ? { kind: 'ignore' } : { kind: 'property', name: header.slice(0, 200) }),
      confidence: found === undefined ? 'none' : 'certain',
    };
  });
}
