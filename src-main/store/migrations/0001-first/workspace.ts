// The tables of the workspace itself: settings, where the runner is, who changed what.

export const WORKSPACE = `
  CREATE TABLE settings (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL            -- JSON
  ) STRICT, WITHOUT ROWID;

  -- Where the runner is: how far it has read the events, how far it has looked at dates.
  CREATE TABLE runner_state (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL            -- JSON
  ) STRICT, WITHOUT ROWID;

  -- Lists of days that the workspace keeps: trade fairs, moving feasts, days off.
  CREATE TABLE calendars (
    key TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    days TEXT NOT NULL             -- JSON: [{ date, name }], the earliest first
  ) STRICT;

  -- Who changed what, and every automatic decision of weight. Append-only.
  CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    details TEXT NOT NULL          -- JSON
  ) STRICT;

`;
