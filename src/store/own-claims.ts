const ofSource = `
  select c.id, c.entry, c.source_id from claim c
  where c.list = $2 and c.source = $4 and (c.organisation = $3 or ($3::text is null and c.organisation is null)) and c.ended_at is null`;
const named = 'select source_id from import_record where import = $1';

/**
 * The open claims of a source that an import may end: $1 import, $2 list, $3 organisation, $4 source, $5 the import replaces.
 *
 * A list may have a million claims of a source, and an exchange asks for three records every second. So only a file that replaces
 * looks at all of them. During set-up nobody has an organisation; the planner knows the parameters and drops the other half of each `or`.
 */
export const ownClaims = `${ofSource} and ($5 or c.source_id = any(array(${named})))`;

/** The same for an import of many records: the array of the first would hold them all, and at most 1 GB. */
export const ownClaimsOfMany = `${ofSource} and ($5 or c.source_id in (${named}))`;

export const manyRecords = 100_000;
