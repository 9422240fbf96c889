// The calls about the workspace itself: opening, settings, mail accounts.
import { z } from 'zod';
import type { GuardNotice } from '../contacts/privacy.ts';
import { call } from './call.ts';
import { type WorkspaceInfo, type RecentWorkspace, accountSchema, type AccountRow, settingsSchema, type Settings } from './answers.ts';

const nothing = z.strictObject({});
const filePath = z.string().min(1).max(4096);

export const workspaceCalls = {
  'workspace.current': call(nothing).returns<WorkspaceInfo | null>(),
  'workspace.recent': call(nothing).returns<{ recent: RecentWorkspace[]; folder: string }>(),
  /** `file` null: a file named after the workspace in the user's documents. */
  'workspace.create': call(z.strictObject({ name: z.string().min(1).max(200), file: filePath.nullable(), timeZone: z.string().nullable(), locale: z.string().nullable(), sample: z.boolean() })).returns<WorkspaceInfo>(),
  'workspace.open': call(z.strictObject({ file: filePath })).returns<WorkspaceInfo>(),
  'workspace.close': call(nothing).returns<null>(),
  'workspace.backup': call(z.strictObject({ file: filePath.nullable() })).returns<{ file: string }>(),

  /** What opening this workspace has taken over from its guard file; `null`: nothing that was not seen. */
  'guard.notice': call(nothing).returns<GuardNotice | null>(),
  'guard.dismiss': call(nothing).returns<null>(),

  'settings.get': call(nothing).returns<Settings>(),
  /** What is left out of the rules for sending stays as it is. */
  'settings.save': call(settingsSchema.partial({ frequencyCap: true, quietHours: true, quietDays: true, lateness: true })).returns<null>(),

  'accounts.list': call(nothing).returns<AccountRow[]>(),
  'accounts.save': call(z.strictObject({ id: z.int().nullable(), account: accountSchema, password: z.string().max(1000).nullable() })).returns<{ id: number }>(),
  'accounts.remove': call(z.strictObject({ id: z.int() })).returns<null>(),
  /** Connects and signs in, sends nothing. */
  'accounts.check': call(z.strictObject({ id: z.int() })).returns<{ greeting: string }>(),
  /** A plain mail of the program's own words, by this account; it stands in no ledger. */
  'accounts.sendTest': call(z.strictObject({ id: z.int(), to: z.string().max(320) })).returns<{ response: string }>(),
} as const;
