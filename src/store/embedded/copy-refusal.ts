import { message, strings } from './protocol.js';

const reason = 'COPY FROM STDIN does not work on the embedded database: use insert ... select from unnest(...)';

/**
 * A CopyFail message that follows every job.
 *
 * PGlite reads COPY data from the bytes of the job and dies with FATAL when they run out. With this message PostgreSQL refuses the
 * COPY and aborts the transaction instead. Outside a COPY a PostgreSQL server ignores CopyFail, so no SQL has to be parsed.
 */
export const copyRefusal = message('f', strings(reason));

const errorFields = Buffer.from(`SERROR\0VERROR\0C57014\0MCOPY from stdin failed: ${reason}\0`);
const codeAt = errorFields.indexOf('57014');
const headerBytes = 5;

/**
 * Changes the code of a COPY refused by `copyRefusal`, in place: from 57014 (query cancelled) to 0A000 (feature not supported).
 *
 * The engine flushes CopyInResponse before the error, so the error always starts a chunk of output.
 */
export function correctCopyRefusalCode(output: Uint8Array): void {
  const error = Buffer.from(output.buffer, output.byteOffset, output.length);
  if (error[0] !== 0x45 || !error.subarray(headerBytes, headerBytes + errorFields.length).equals(errorFields)) return;
  error.write('0A000', headerBytes + codeAt, 'latin1');
}
