// The tables of imports: what was read in, and how.

export const IMPORTS = `
  CREATE TABLE imports (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL DEFAULT 'contacts' CHECK (kind IN ('contacts', 'events', 'orders')),
    file_name TEXT NOT NULL,
    file_hash TEXT NOT NULL,
    path TEXT,                     -- where the file lies, until the import has ended; null: nowhere that lasts
    plan TEXT NOT NULL,            -- JSON
    state TEXT NOT NULL CHECK (state IN ('running', 'done', 'cancelled', 'interrupted', 'failed')),
    counts TEXT NOT NULL,          -- JSON
    rejects_file TEXT,
    started_at INTEGER NOT NULL,
    finished_at INTEGER,
    -- Its events say what it did, and what was there before; they lie between these two.
    events_after INTEGER NOT NULL DEFAULT 0,
    events_until INTEGER,
    tags_after INTEGER NOT NULL DEFAULT 0, -- the last tag that was there before
    -- By which recipe, if it is still there, and its name then; watched: the folder has asked for it, not a person.
    recipe_id INTEGER REFERENCES import_recipes(id) ON DELETE SET NULL,
    recipe TEXT,
    watched INTEGER NOT NULL DEFAULT 0,
    made TEXT,                     -- JSON: attributes and segment that were not there before
    undo TEXT,                     -- JSON: how far taking it back has come; null: it stands
    left_so INTEGER NOT NULL DEFAULT 0 -- it was broken off, and somebody has said that it stays as it is
  ) STRICT;

  -- Imports to be done again: by hand, or (watching) for every new file of a folder that fits the pattern.
  CREATE TABLE import_recipes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE COLLATE NOCASE,
    plan TEXT NOT NULL,            -- JSON
    folder TEXT,
    pattern TEXT NOT NULL,         -- with * and ?
    watching INTEGER NOT NULL,
    problem TEXT,                  -- JSON: why it has stopped
    made_at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX imports_recipe ON imports(recipe_id) WHERE recipe_id IS NOT NULL;

  -- How files with the same headers were matched the last time.
  CREATE TABLE import_profiles (
    key TEXT PRIMARY KEY,          -- a hash of the headers
    name TEXT NOT NULL,
    headers TEXT NOT NULL,         -- JSON list
    mapping TEXT NOT NULL,         -- JSON: parts of a plan
    used_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
`;
