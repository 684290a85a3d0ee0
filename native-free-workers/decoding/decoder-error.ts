import type { Refusal } from '../image-task.js';

/**
 * Why the decoder refused a file, read from its message because libvips has no error codes. Every message that is not recognised means
 * a cut or damaged file. Rethrows errors that did not come from the decoder.
 */
export function refusalOf(error: unknown): Refusal {
  if (!isDecoderError(error)) throw error;
  const { message } = error;
  if (/exceeds pixel limit|too (large|big)|maximum supported image dimension|out of memory/i.test(message))
    return 'too_many_pixels';
  if (/unsupported (feature|codec)|not (supported|configured|compiled)/i.test(message)) return 'unsupported_format';
  return 'truncated';
}

/**
 * sharp passes errors of libvips on as plain Errors; it reports wrong arguments as "Expected ... but received ...". TypeErrors and
 * RangeErrors are faults of our code. After a trap of the WebAssembly build the process can decode no more images and must end.
 */
function isDecoderError(error: unknown): error is Error {
  return error instanceof Error && error.constructor === Error && !/^Expected .* but received /.test(error.message);
}
