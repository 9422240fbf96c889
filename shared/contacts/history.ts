// What has happened to one contact, as their page shows it.
import type { AttributeValue } from './contact.ts';

/** What a value was and became, when and by what. `flow`, `importFile`: the names of what did it. The first entry may be from when the contact was added. */
export type ValueChange = { event: number; at: number; old: AttributeValue; now: AttributeValue; source: string; flow: string | null; importFile: string | null; bulkEdit: number | null };

export type OrderRow = { id: number; key: string; at: number; nth: number; amount: number; currency: string; data: Record<string, unknown> };

/** Sums are by currency, in its minor units. */
export type OrdersOfContact = { count: number; first: number | null; last: number | null; sums: { currency: string; amount: number }[]; rows: OrderRow[] };
