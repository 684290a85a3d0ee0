/** The file of a check, so that the analyst can import it without choosing it again. It lives as long as the page. */
import type { Operations } from '../../api/operations.ts';

export type ImportQuery = Operations['POST /v1/imports']['query'];

export interface KeptFile {
  readonly file: File;
  readonly query: ImportQuery;
}

const files = new Map<string, KeptFile>();

export function keepFile(importId: string, kept: KeptFile): void {
  files.set(importId, kept);
}

export function keptFile(importId: string): KeptFile | undefined {
  return files.get(importId);
}
