// The table of saved views: how the list of contacts is looked at.

export const VIEWS = `
  CREATE TABLE views (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    view TEXT NOT NULL             -- JSON: columns, sort, search, rule
  ) STRICT;
`;
