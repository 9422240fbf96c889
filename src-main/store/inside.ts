// Who is inside a flow, as SQL.

/**
 * Whether an enrollment is inside its flow; `of` names its table where several are asked. Word for word the condition of the indexes
 * of those who are, so that a query which says it can use them. Not a list after IN: of three values and more SQLite makes a table,
 * each time that a statement runs.
 */
export function isInside(of?: string): string {
  const state = of === undefined ? 'state' : `${of}.state`;
  return `(${state} = 'active' OR ${state} = 'held' OR ${state} = 'failed')`;
}
