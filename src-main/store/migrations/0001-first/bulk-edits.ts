// The table of bulk edits: what was changed on many contacts at once, and how to take it back.

export const BULK_EDITS = `
  CREATE TABLE bulk_edits (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    origin TEXT NOT NULL CHECK (origin IN ('contacts', 'attributes', 'companies')), -- on which screen it was asked for
    changes TEXT NOT NULL,         -- JSON list
    whom TEXT NOT NULL,            -- JSON: the rule, the search, or how many were picked
    start_flows INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('running', 'done', 'cancelled', 'interrupted', 'failed')),
    counts TEXT NOT NULL,          -- JSON
    started_at INTEGER NOT NULL,
    finished_at INTEGER,
    -- Its events say what it did, and what was there before; they lie between these two.
    events_after INTEGER NOT NULL,
    events_until INTEGER,
    tags_after INTEGER NOT NULL,   -- the last tag that was there before
    companies TEXT,                -- JSON: details of companies that it changed, as they were and as it left them
    undo TEXT                      -- JSON: how far taking it back has come; null: it stands
  ) STRICT;
`;
