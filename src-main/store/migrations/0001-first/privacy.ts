// The tables of what must be remembered without remembering people: sums of those who were erased, and messages that a guard
// file says have left; and of what people may consent to.

export const PRIVACY = `
  -- What people may agree to beside a channel as a whole (topic ''). Archived ones are not offered any more.
  CREATE TABLE topics (
    key TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    archived INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  -- Events and orders of erased contacts as anonymous sums, so that no report shrinks (FEATURES D30).
  CREATE TABLE erased_counts (
    day TEXT NOT NULL,             -- "YYYY-MM-DD", UTC; of orders: in the workspace's zone
    type TEXT NOT NULL,
    flow_id INTEGER NOT NULL,      -- 0: none
    message TEXT NOT NULL,         -- a message's key; '': none
    currency TEXT NOT NULL,        -- of orders; '': none
    n INTEGER NOT NULL,
    amount INTEGER NOT NULL,       -- minor units
    PRIMARY KEY (day, type, flow_id, message, currency)
  ) STRICT, WITHOUT ROWID;

  -- Messages of which the guard file says that they have left, while this file, which is older, does not know it (FAULTS F12).
  CREATE TABLE guard_handed (
    key TEXT PRIMARY KEY,          -- of the ledger
    address TEXT NOT NULL,         -- keyed hash of where it went
    at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  -- Contacts of whom nothing was heard for so long that they are to be looked at, or erased when the time of grace is over.
  CREATE TABLE retention_list (
    contact_id INTEGER PRIMARY KEY REFERENCES contacts(id) ON DELETE CASCADE,
    listed_at INTEGER NOT NULL,
    erase_at INTEGER,              -- null: a person decides
    kept_until INTEGER             -- a person has said to keep them
  ) STRICT;
  CREATE INDEX retention_list_due ON retention_list(erase_at) WHERE erase_at IS NOT NULL;

  -- Sets of columns for exports, by name.
  CREATE TABLE export_profiles (
    key TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    columns TEXT,                  -- JSON list; null: all
    dialect TEXT NOT NULL CHECK (dialect IN ('excel', 'plain')),
    updated_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
`;
