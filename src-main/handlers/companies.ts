// Calls about companies: listed with their people and orders, described, renamed, merged. What changes their people is a bulk
// edit, and so it can be taken back.
import type { CheckedInput } from '../../shared/api.ts';
import type { BulkChange, BulkWhom } from '../../shared/contacts/bulk-edit.ts';
import { COMPANY_DETAILS, companyKey } from '../../shared/contacts/company.ts';
import { refuse } from '../../shared/problem.ts';
import { say } from '../../shared/text.ts';
import { bulkJobs } from '../bulk-edits/jobs.ts';
import type { Handlers } from '../dispatch.ts';
import { keepCompanyChanges } from '../store/bulk-edits.ts';
import { companiesOf, companyDetail, companyRecord, companyRow, forgetCompany, peopleOf, saveCompany, type CompanyRecord, type Known } from '../store/companies.ts';
import { getContacts } from '../store/contacts.ts';
import { transaction } from '../store/database.ts';
import { recordAudit } from '../store/runner-state.ts';
import { readSettings } from '../store/settings.ts';
import type { Workspace } from '../workspace.ts';

/** Up to so many people are named one by one; more are found by a rule. */
const MOST_NAMED = 10_000;

type Calls = Extract<keyof Handlers, `companies.${string}`>;

export function companyHandlers(workspace: Workspace): Pick<Handlers, Calls> {
  const known = (key: string): Known =>
    companiesOf(workspace).get(key) ?? refuse('company-unknown', say('There is no company {name} any more.', { name: key }), { field: 'key' });

  /** Gives the people of a company another one, or none; its details go where `details` says. Answers the edit, or null where nobody was in it. */
  const move = (from: Known, name: string | null, details: { before: CompanyRecord[]; after: CompanyRecord[] }, [action, about]: [action: string, about: Record<string, string>]): { bulkEdit: number | null } => {
    const keep = (): void => {
      recordAudit(workspace, 'user', action, about);
      for (const { key } of details.before) forgetCompany(workspace, key);
      for (const record of details.after) saveCompany(workspace, record);
    };
    const change: BulkChange = name === null ? { kind: 'clear', attribute: 'company' } : { kind: 'set', attribute: 'company', value: name };
    if (from.contacts === 0) {
      transaction(workspace.db, keep);
      workspace.changed('companies');
      return { bulkEdit: null };
    }
    const bulkEdit = bulkJobs(workspace).start({ changes: [change], whom: whomOf(workspace, from), startFlows: false }, 'companies', (id) => {
      keep();
      keepCompanyChanges(workspace, id, details);
    });
    workspace.changed('companies');
    return { bulkEdit };
  };

  return {
    'companies.list': ({ search, sort, offset, limit }) => {
      const { currency } = readSettings(workspace);
      const wanted = search.trim().toLowerCase();
      const all = [...companiesOf(workspace).values()].filter(({ name, key, details }) => wanted === '' || `${name}\n${key}\n${details?.domain ?? ''}\n${details?.city ?? ''}`.toLowerCase().includes(wanted));
      all.sort((a, b) => (sort === 'contacts' ? b.contacts - a.contacts : 0) || a.name.localeCompare(b.name));
      return { total: all.length, rows: all.slice(offset, offset + limit).map((each) => companyRow(workspace, each, currency)) };
    },
    'companies.get': ({ key }) => companyDetail(workspace, known(key), readSettings(workspace).currency),
    'companies.people': ({ key, offset, limit }) => {
      const company = known(key);
      const ids = peopleOf(workspace, company, offset, limit);
      const contacts = getContacts(workspace, ids);
      return { total: company.contacts, rows: ids.flatMap((id) => contacts.get(id) ?? []).map(({ id, values }) => ({ id, values })) };
    },
    'companies.save': ({ key: given, name, details }) => {
      const key = given ?? companyKey(name);
      if (given === null && companiesOf(workspace).has(key)) refuse('company-exists', say('There is a company {name} already.', { name }), { field: 'name' });
      const called = given === null ? name.trim() : known(given).name;
      saveCompany(workspace, { key, name: called, ...emptied(details) });
      workspace.changed('companies');
      return { key };
    },
    'companies.rename': ({ key, name }) => {
      const company = known(key);
      const called = name.trim();
      const newKey = companyKey(called);
      if (newKey !== key && companiesOf(workspace).has(newKey)) refuse('company-exists', say('There is a company {name} already. Merge the two instead.', { name: called }), { field: 'name' });
      const record = companyRecord(workspace, key);
      const details = record === undefined ? { before: [], after: [] } : { before: [record], after: [{ ...record, key: newKey, name: called }] };
      return { key: newKey, ...move(company, called, details, ['company-renamed', { company: company.name, name: called }]) };
    },
    'companies.merge': ({ key, into }) => {
      const company = known(key);
      const target = known(into);
      if (key === into) refuse('company-same', say('A company cannot be merged with itself. Choose two.'), { field: 'into' });
      const [mine, its] = [companyRecord(workspace, key), companyRecord(workspace, into)];
      const before = [mine, its].filter((record) => record !== undefined);
      const after = mine === undefined ? before : [filledFrom(its ?? { ...mine, key: into, name: target.name }, mine)];
      return move(company, target.name, { before, after }, ['companies-merged', { company: company.name, into: target.name }]);
    },
    'companies.remove': ({ key }) => {
      const company = known(key);
      const record = companyRecord(workspace, key);
      return move(company, null, { before: record === undefined ? [] : [record], after: [] }, ['company-removed', { company: company.name }]);
    },
  };
}

function whomOf(workspace: Workspace, company: Known): BulkWhom {
  if (company.contacts <= MOST_NAMED) return { contacts: peopleOf(workspace, company, 0, MOST_NAMED), rule: null, search: '' };
  const names = company.spellings.map(({ name }) => name);
  return { contacts: null, rule: { kind: 'attribute', attribute: 'company', operator: 'isOneOf', value: names.slice(0, 1000) }, search: '' };
}

/** An empty detail is none. */
function emptied(details: CheckedInput<'companies.save'>['details']): CheckedInput<'companies.save'>['details'] {
  return Object.fromEntries(COMPANY_DETAILS.map((detail) => [detail, details[detail] === '' ? null : details[detail]])) as typeof details;
}

function filledFrom(record: CompanyRecord, other: CompanyRecord): CompanyRecord {
  return { ...record, ...Object.fromEntries(COMPANY_DETAILS.map((detail) => [detail, record[detail] ?? other[detail]])) };
}
