/** All edits, in the order of the table in BENCH.md. */
import { doubleEdits } from './double.js';
import type { Edit } from './edit.js';
import { encodingEdits } from './encoding.js';
import { frameEdits } from './frame.js';
import { geometryEdits } from './geometry.js';
import { overlayEdits } from './overlay.js';
import { toneEdits } from './tone.js';

const single: readonly Edit[] = [...encodingEdits, ...toneEdits, ...overlayEdits, ...frameEdits, ...geometryEdits];

export const suite: readonly Edit[] = [...single, ...doubleEdits(single)];
