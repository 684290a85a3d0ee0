/** About 100 times a verdict with 20 matches. */
const maxChars = 1024 * 1024;

/** Yields the lines of a body as they arrive, without blank ones. `read` waits for bytes. @throws if a line is too long. */
export async function* linesOf(
  body: ReadableStream<Uint8Array>,
  read: <Result>(work: () => Promise<Result>) => Promise<Result>,
): AsyncGenerator<string> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  for (;;) {
    const { done, value } = await read(() => reader.read());
    const pieces = (rest + decoder.decode(value, { stream: !done })).split('\n');
    rest = done ? '' : (pieces.pop() ?? '');
    if (rest.length > maxChars) throw new Error(`a line has more than ${maxChars} characters`);
    yield* pieces.filter((line) => line.trim() !== '');
    if (done) return;
  }
}
