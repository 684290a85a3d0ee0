import { message, strings } from './protocol.js';

const reason = 'COPY FROM STDIN does not work on the embedded database: use insert ... select from unnest(...)';

/**
 * CopyFail, sent after every job: without it PGlite looks for COPY data in the job and dies with FATAL. Outside a COPY the engine
 * ignores CopyFail.
 */
export const copyRefusal = message('f', strings(reason));

const errorFields = Buffer.from(`SERROR\0VERROR\0C57014\0MCOPY from stdin failed: ${reason}\0`);
const codeAt = errorFields.indexOf('57014');
const headerBytes = 5;

/**
 * Changes the code of the refusal, in place, from 57014 (query cancelled) to 0A000 (feature not supported).
 *
 * The engine flushes before this error, so it always starts a chunk of output.
 */
export function correctCopyRefusalCode(output: Uint8Array): void {
  const error = Buffer.from(output.buffer, output.byteOffset, output.length);
  if (error[0] !== 0x45 || !error.subarray(headerBytes, headerBytes + errorFields.length).equals(errorFields)) return;
  error.write('0A000', headerBytes + codeAt, 'latin1');
}
