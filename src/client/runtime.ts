/**
 * True in Node.js, and in what imitates it. Chromium refuses a stream as the body of an HTTP/1.1 request, and other browsers send the
 * text "[object ReadableStream]" instead.
 */
export function sendsStreams(): boolean {
  const { process } = globalThis as { process?: { versions?: { node?: string } } };
  return process?.versions?.node !== undefined;
}
