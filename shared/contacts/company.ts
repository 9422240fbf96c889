// A company: a name that contacts have in common, and what is known of it. Its name is the contacts' attribute `company`, so
// imports, rules, exports and merge tags need nothing of their own; names that differ in capitals or blanks alone are one company.
import { z } from 'zod';

const detail = (most: number) => z.string().trim().max(most).nullable().default(null);

/** What is written down about a company; all of it may be missing. */
export const companyDetailsSchema = z.strictObject({ domain: detail(255), phone: detail(60), website: detail(500), city: detail(200), country: detail(200), note: detail(5000) });
export type CompanyDetails = z.infer<typeof companyDetailsSchema>;
export const COMPANY_DETAILS = ['domain', 'phone', 'website', 'city', 'country', 'note'] as const satisfies readonly (keyof CompanyDetails)[];

/** `orderSum`: minor units of the workspace's currency; orders in other currencies do not count. */
export type CompanyRow = { key: string; name: string; contacts: number; orders: number; orderSum: number; domain: string | null; city: string | null; country: string | null };
/** `spellings`: how the name is written among its people, the commonest first. */
export type Company = CompanyRow & CompanyDetails & { spellings: { name: string; contacts: number }[] };

/** By what companies are told apart: the name without regard to capitals and to the number of blanks. */
export function companyKey(name: string): string {
  return name.normalize('NFC').trim().replaceAll(/\s+/g, ' ').toLowerCase();
}
