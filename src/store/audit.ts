import type { Act } from '../domain/act.js';
import type { Queryable } from './database.js';

/** Writes an act into the audit, in the transaction of what it records. */
export async function appendAct(_tx: Queryable, _act: Act): Promise<void> {}
