import type { Refusal } from '../image-task.js';
import { RefusedImage } from './refused-image.js';

/** libvips has no error codes. An unknown message means a cut or damaged file. @throws whatever did not come from the decoder. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof RefusedImage) return error.refusal;
  if (!isDecoderError(error)) throw error;
  const { message } = error;
  if (/exceeds pixel limit|too (large|big)|maximum supported image dimension|out of memory/i.test(message))
    return 'too_many_pixels';
  if (/unsupported (feature|codec)|not (supported|configured|compiled)/i.test(message)) return 'unsupported_format';
  return 'truncated';
}

/**
 * sharp reports wrong arguments as "Expected ... but received ...". TypeErrors and RangeErrors are faults of our code. After a
 * trap the WebAssembly build cannot decode another image.
 */
function isDecoderError(error: unknown): error is Error {
  return error instanceof Error && error.constructor === Error && !/^Expected .* but received /.test(error.message);
}
