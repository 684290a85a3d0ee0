/** The only place that decides what an error of the database means. */
import pg from 'pg';
import { VigieError } from '../domain/errors.js';

const unreachableCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'ENOENT',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'EADDRNOTAVAIL',
]);
/** Connection exceptions, a server that starts or stops, no resources, an input/output error. */
const unreachableStates = /^(08|57P|53|58)/;
const unreachableMessages =
  /^(Connection terminated|timeout expired|timeout exceeded when trying to connect|Client has encountered a connection error|Client was closed|Query read timeout|Cannot use a pool after)/;
/** Read-only, cancelled, a lock that was not free in time, a transaction that was silent or took too long. */
const unwillingStates = new Set(['25006', '57014', '55P03', '25P03', '25P04']);
/** After these, PostgreSQL closes the connection. */
const fatalStates = /^(08|57P|25P03|25P04)/;
/** Deadlock, and a transaction that cannot be serialized. */
const collisions = new Set(['40P01', '40001']);
const unstorableText = new Set(['22021', '22P05']);

/** Undefined when the error is not from PostgreSQL. */
export function sqlState(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

export function isUnreachable(error: unknown): boolean {
  // Node tries several addresses of a host, and reports the failures together.
  if (error instanceof AggregateError) return error.errors.some(isUnreachable);
  if (!(error instanceof Error)) return false;
  const code = sqlState(error) ?? '';
  return unreachableCodes.has(code) || unreachableStates.test(code) || unreachableMessages.test(error.message);
}

/** False when nobody knows what the server did, or when it closes the connection. */
export function isAnswered(error: unknown): boolean {
  return error instanceof pg.DatabaseError && !fatalStates.test(sqlState(error) ?? '');
}

/** True when the database would refuse the same rows again: data exceptions and broken constraints, and nothing else. */
export function isDataError(error: unknown): boolean {
  if (error instanceof VigieError) return error.cause !== undefined && isDataError(error.cause);
  return error instanceof pg.DatabaseError && /^2[23]/.test(sqlState(error) ?? '');
}

/** `text` accepts no NUL, and `jsonb` no unpaired surrogate. */
function isUnstorableText(error: unknown): boolean {
  const state = sqlState(error) ?? '';
  return unstorableText.has(state) || (state === '22P02' && error instanceof Error && /json/.test(error.message));
}

const retryAfterSeconds = 5;
const unstorable = 'a text contains NUL or an unpaired surrogate, which cannot be stored: remove that character';
const collided = 'the change collided with another one and was rolled back: send it again';
const unknown =
  'the database did not confirm the change, so it may be stored or not: repeat the request with the same Idempotency-Key';

/**
 * What a caller may know of `error`. `sent` is what was under way: nothing that can change the database, or a statement that can.
 */
export function translate(error: unknown, sent: 'nothing' | 'change'): unknown {
  const state = sqlState(error) ?? '';
  if (isUnstorableText(error)) return new VigieError('bad_request', unstorable, undefined, error);
  if (collisions.has(state)) return new VigieError('overloaded', collided, 1, error);
  if (!isUnreachable(error) && !unwillingStates.has(state)) return error;
  if (sent === 'change' && !isAnswered(error)) return new VigieError('outcome_unknown', unknown, retryAfterSeconds, error);
  return new VigieError(
    'database_unavailable',
    `${reasonOf(state)}, and nothing was stored: try again later`,
    retryAfterSeconds,
    error,
  );
}

function reasonOf(state: string): string {
  if (state === '25006') return 'the database is read-only';
  if (state === '55P03') return 'the database is busy with another change';
  return unwillingStates.has(state) ? 'the database took too long' : 'the database is unreachable';
}
