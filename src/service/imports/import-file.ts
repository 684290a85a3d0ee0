/** Opens a file to import, and finds its format. */
import { VigieError } from '../../domain/errors.js';
import { type Format, FormatError, type SourceFile } from '../../formats/format.js';
import { headOf, openSource } from '../../formats/open.js';
import { detectFormat, formatNamed, formatNames } from '../../formats/registry.js';

export interface Opened {
  readonly file: SourceFile;
  readonly format: Format;
}

/** @param name of the format; undefined: recognised. @throws FormatError; VigieError `bad_request`. */
export async function openFile(path: string, name: string | undefined): Promise<Opened> {
  const file = await openSource(path);
  const format = name === undefined ? detectFormat(await headOf(file), file.name) : formatNamed(name);
  if (!format) throw new VigieError('bad_request', `format: expected one of ${formatNames.join(', ')}, got "${name}"`);
  return { file, format };
}

/** Of a file that is refused. @throws any other `error`. */
export function faultOf(error: unknown): { fault: string } {
  if (error instanceof FormatError) return { fault: error.message };
  throw error;
}
