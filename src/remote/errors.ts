/**
 * `refused`: nothing was asked of that address. `failed`: its server did not answer well, and the message says how.
 *
 * A message never holds the URL, which may carry a token.
 */
export type RemoteFault = 'refused' | 'failed' | 'too_large';

export class RemoteError extends Error {
  override readonly name = 'RemoteError';

  constructor(
    readonly fault: RemoteFault,
    message: string,
    /** For the operator's log. */
    readonly host: string | null = null,
    cause?: unknown,
  ) {
    super(message, { cause });
  }
}

const reasons: Readonly<Record<string, string>> = {
  ESERVFAIL: 'its name could not be resolved',
  ETIMEOUT: 'its name could not be resolved in time',
  ECONNREFUSED: 'it refused the connection',
  ECONNRESET: 'it broke off the answer',
  HPE_HEADER_OVERFLOW: 'the headers of its answer are too large',
};

/** A name has no address. */
export function isAbsence(error: unknown): boolean {
  return /^(ENOTFOUND|ENODATA)$/.test(codeOf(error));
}

/** Messages of Node may repeat addresses of the inner network, so only the code is read. */
export function reasonOf(error: unknown): string {
  const code = codeOf(error);
  if (reasons[code]) return reasons[code];
  if (code.startsWith('HPE_')) return 'its answer is not valid HTTP';
  if (/CERT|SELF_SIGNED|ERR_TLS|ERR_SSL|EPROTO/.test(code)) return 'it offered no valid TLS certificate or connection';
  return /^[A-Z_]{1,40}$/.test(code) ? `it gave no complete answer (${code})` : 'it gave no complete answer';
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
