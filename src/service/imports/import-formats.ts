import { formatNames } from '../../formats/registry.js';

/** The formats that an import can read, by name. */
export const importFormats: readonly string[] = formatNames;
