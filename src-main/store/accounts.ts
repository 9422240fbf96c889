// The SMTP accounts of a workspace, without their passwords: those are kept by the host (workspace.secrets).
import { accountSchema, type Account } from '../../shared/api.ts';
import type { Workspace } from '../workspace.ts';
import { row, rows, run } from './database.ts';

export type StoredAccount = Account & { id: number };

const fromRow = ({ id, account }: { id: number; account: string }): StoredAccount => ({ id, ...accountSchema.parse(JSON.parse(account)) });

/** All accounts, oldest first: the first one is the one that sends. */
export function allAccounts(workspace: Pick<Workspace, 'db'>): StoredAccount[] {
  return rows<{ id: number; account: string }>(workspace.db, 'SELECT id, account FROM accounts ORDER BY id').map(fromRow);
}

export function findAccount(workspace: Pick<Workspace, 'db'>, id: number): StoredAccount | undefined {
  const found = row<{ id: number; account: string }>(workspace.db, 'SELECT id, account FROM accounts WHERE id = ?', id);
  return found && fromRow(found);
}

/** Adds an account (`id` null) or changes one; answers its id, or `null` when there is none to change. */
export function saveAccount(workspace: Pick<Workspace, 'db'>, id: number | null, account: Account): number | null {
  if (id === null) return run(workspace.db, 'INSERT INTO accounts (account) VALUES (?)', JSON.stringify(account)).id;
  return run(workspace.db, 'UPDATE accounts SET account = ? WHERE id = ?', JSON.stringify(account), id).changes === 1 ? id : null;
}

export function removeAccount(workspace: Pick<Workspace, 'db'>, id: number): boolean {
  return run(workspace.db, 'DELETE FROM accounts WHERE id = ?', id).changes === 1;
}

/** The name under which the host keeps an account's password. */
export function passwordKey(id: number): string {
  return `smtp:${id}`;
}
