import type { ImportReport } from '../../domain/import.js';
import type { Format, SourceFile } from '../../formats/format.js';
import type { RecordStager } from './record-stager.js';

/** Reads a file and stages its records. @throws FormatError; the reason of `signal` when it aborts. */
export async function readFile(
  { format, file }: { readonly format: Format; readonly file: SourceFile },
  stager: RecordStager,
  signal: AbortSignal,
  onProgress: (report: ImportReport) => void,
): Promise<void> {
  try {
    for await (const items of format.read(file)) {
      signal.throwIfAborted();
      await stager.add(items);
      onProgress(stager.progress);
    }
    await stager.end();
  } catch (error) {
    await stager.abandon();
    throw error;
  }
}
