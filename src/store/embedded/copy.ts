import { message, strings } from './protocol.js';

const reason = 'the embedded database takes no COPY FROM STDIN: use insert ... select from unnest(...)';

/**
 * Goes behind every job. PGlite reads COPY data from the bytes of the job itself and ends with FATAL when they run out; here it
 * finds a CopyFail instead, and PostgreSQL refuses the COPY and aborts the transaction by its own rules. Outside a COPY the
 * protocol has the server ignore this message. No SQL needs to be parsed to know what is a COPY.
 */
export const copyRefusal = message('f', strings(reason));

const told = Buffer.from(`SERROR\0VERROR\0C57014\0MCOPY from stdin failed: ${reason}\0`);
const codeAt = told.indexOf('57014');
const headerBytes = 5;

/**
 * Turns the code of a COPY refused by `copyRefusal`, 57014 (query cancelled), into 0A000 (feature not supported), in place.
 *
 * The engine has just flushed CopyInResponse, so the error always starts a chunk of output.
 */
export function nameCopyRefusal(output: Uint8Array): void {
  const error = Buffer.from(output.buffer, output.byteOffset, output.length);
  if (error[0] !== 0x45 || !error.subarray(headerBytes, headerBytes + told.length).equals(told)) return;
  error.write('0A000', headerBytes + codeAt, 'latin1');
}
