// Companies: their names stand with their people (the attribute `company`), what else is known of them in a table of its own.
import type { Company, CompanyDetails, CompanyRow } from '../../shared/contacts/company.ts';
import { companyKey } from '../../shared/contacts/company.ts';
import type { Workspace } from '../workspace.ts';
import { row, rows, run } from './database.ts';

/** A company as its table holds it. */
export type CompanyRecord = CompanyDetails & { key: string; name: string };

const COLUMNS = 'key, name, domain, phone, website, city, country, note';

/** How a company's name is written, each with the number of contacts; the commonest first. */
type Spelling = { name: string; contacts: number };
export type Known = { key: string; name: string; spellings: Spelling[]; contacts: number; details: CompanyRecord | undefined };

/** All companies by key: those of somebody, and those of which something is known. Reads the index of names, not the contacts. */
export function companiesOf(workspace: Pick<Workspace, 'db'>): Map<string, Known> {
  const all = new Map<string, Known>();
  const found = rows<Spelling>(workspace.db, 'SELECT company AS name, count(*) AS contacts FROM contacts WHERE company IS NOT NULL GROUP BY company');
  for (const spelling of found.sort((a, b) => b.contacts - a.contacts)) {
    const key = companyKey(spelling.name);
    const known = all.get(key);
    if (known === undefined) all.set(key, { key, name: spelling.name, spellings: [spelling], contacts: spelling.contacts, details: undefined });
    else {
      known.spellings.push(spelling);
      known.contacts += spelling.contacts;
    }
  }
  for (const details of rows<CompanyRecord>(workspace.db, `SELECT ${COLUMNS} FROM companies`)) {
    const known = all.get(details.key);
    if (known === undefined) all.set(details.key, { key: details.key, name: details.name, spellings: [], contacts: 0, details });
    else Object.assign(known, { name: details.name, details });
  }
  return all;
}

/** A company as lists show it, with the number and the sum of its people's orders in a currency. */
export function companyRow(workspace: Pick<Workspace, 'db'>, { key, name, contacts, details, spellings }: Known, currency: string): CompanyRow {
  const orders = row<{ n: number; sum: number }>(
    workspace.db,
    `SELECT count(o.id) AS n, coalesce(sum(o.amount), 0) AS sum
     FROM json_each(?) j CROSS JOIN contacts c ON c.company = j.value CROSS JOIN orders o ON o.contact_id = c.id WHERE o.currency = ?`,
    JSON.stringify(spellings.map((each) => each.name)),
    currency,
  )!;
  return { key, name, contacts, orders: orders.n, orderSum: orders.sum, domain: details?.domain ?? null, city: details?.city ?? null, country: details?.country ?? null };
}

/** Everything about a company. */
export function companyDetail(workspace: Pick<Workspace, 'db'>, known: Known, currency: string): Company {
  const { domain = null, phone = null, website = null, city = null, country = null, note = null } = known.details ?? {};
  return { ...companyRow(workspace, known, currency), domain, phone, website, city, country, note, spellings: known.spellings };
}

/** The contacts of a company, the newest first. */
export function peopleOf(workspace: Pick<Workspace, 'db'>, { spellings }: Known, offset: number, limit: number): number[] {
  return rows<{ id: number }>(
    workspace.db,
    'SELECT c.id AS id FROM json_each(?) j CROSS JOIN contacts c ON c.company = j.value ORDER BY c.id DESC LIMIT ? OFFSET ?',
    JSON.stringify(spellings.map(({ name }) => name)),
    limit,
    offset,
  ).map(({ id }) => id);
}

/** The row of a company's details; `undefined` where nothing was written down. */
export function companyRecord(workspace: Pick<Workspace, 'db'>, key: string): CompanyRecord | undefined {
  return row<CompanyRecord>(workspace.db, `SELECT ${COLUMNS} FROM companies WHERE key = ?`, key);
}

/** Writes down what is known of a company, instead of what was. */
export function saveCompany(workspace: Pick<Workspace, 'db'>, { key, name, domain, phone, website, city, country, note }: CompanyRecord): void {
  run(
    workspace.db,
    `INSERT INTO companies (key, name, domain, phone, website, city, country, note) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (key) DO UPDATE SET name = excluded.name, domain = excluded.domain, phone = excluded.phone, website = excluded.website,
       city = excluded.city, country = excluded.country, note = excluded.note`,
    key, name, domain, phone, website, city, country, note,
  );
}

/** Forgets the details of a company. Its people stay. */
export function forgetCompany(workspace: Pick<Workspace, 'db'>, key: string): void {
  run(workspace.db, 'DELETE FROM companies WHERE key = ?', key);
}
