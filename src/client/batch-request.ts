import { linesOf } from './answer-lines.js';
import type { Deadline } from './deadline.js';
import type { ItemSource } from './item-source.js';
import type { BatchItem } from './openapi.js';
import { type Call, jsonOf, noAnswer, type Transport } from './transport.js';
import { type Unavailable, unavailable } from './unavailable.js';
import { type MatchResult, resultOf } from './verdict.js';

/** Sent and not answered yet. It limits what is in memory, and what is sent again after a broken connection. */
const maxUnanswered = 1_000;

/** Items in one piece of a stream. */
const maxReady = 100;

export type ManyResult = MatchResult & { readonly id: string };

/** One request for many items: it sends lines as it takes items, and reads one result per line. */
export class BatchRequest {
  /** Why it ended before all was answered. */
  failure: Unavailable | undefined;
  /** What the caller's items threw. Those before are answered all the same. */
  thrown: { readonly error: unknown } | undefined;
  answered = 0;

  readonly #transport: Transport;
  readonly #source: ItemSource;
  readonly #run: Deadline;
  readonly #unanswered: BatchItem[] = [];
  readonly #controller = new AbortController();
  readonly #stop = () => this.#controller.abort();
  #isOver = false;
  #isReading = false;
  /** The caller has a result, so what is thrown now is the caller's. */
  #isWithCaller = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #onRoom: () => void = () => {};

  constructor(transport: Transport, source: ItemSource, run: Deadline) {
    this.#transport = transport;
    this.#source = source;
    this.#run = run;
    run.signal.addEventListener('abort', this.#stop);
    if (run.why) this.#stop();
  }

  /** `chunk`: sends that many items as one text, for what cannot send a stream. */
  async *results(chunk: number | undefined): AsyncGenerator<ManyResult> {
    try {
      const body = chunk === undefined ? this.#stream() : await this.#chunk(chunk);
      const call: Call = { path: '/v1/match/batch', body, headers: { 'content-type': 'application/x-ndjson' } };
      const response = await this.#read(() => this.#transport.open(call, this.#controller.signal));
      if (!response.ok || !response.body) {
        this.failure = this.#transport.refusal(response, jsonOf(await this.#read(() => response.text())));
        return;
      }
      yield* this.#answers(response.body);
    } catch (error) {
      if (this.#isWithCaller) throw error;
      const why = this.#run.why ?? (this.#controller.signal.aborted ? 'timeout' : undefined);
      this.failure = noAnswer(error, why, this.#transport.timeoutMs);
    } finally {
      this.#end();
    }
  }

  async *#answers(body: ReadableStream<Uint8Array>): AsyncGenerator<ManyResult> {
    for await (const line of linesOf(body, (work) => this.#read(work))) {
      const item = this.#unanswered[0];
      const answer = answerOf(this.#transport.safe(line), item);
      if ('failure' in answer) {
        this.failure = answer.failure;
        return;
      }
      if (!item) continue;
      this.#unanswered.shift();
      this.answered++;
      // Room for a single item would send each one alone: 8 000 items a second instead of 20 000.
      if (this.#unanswered.length <= maxUnanswered / 2) this.#onRoom();
      this.#isWithCaller = true;
      yield { ...answer.result, id: item.id };
      this.#isWithCaller = false;
    }
    const isComplete = this.#unanswered.length === 0 && this.answered > 0;
    if (!isComplete) this.failure = unavailable('network', 'the answer ended before all results had arrived');
  }

  #stream(): ReadableStream<Uint8Array> {
    const encoder = new TextEncoder();
    return new ReadableStream(
      {
        pull: async (controller) => {
          const lines = await this.#readyLines();
          if (lines) controller.enqueue(encoder.encode(lines));
          else controller.close();
        },
      },
      { highWaterMark: 0 },
    );
  }

  /** Waits for one line, and takes further ones that are ready, so that they are sent together. */
  async #readyLines(): Promise<string> {
    const lines = [(await this.#nextLine()) ?? ''];
    const soon = new Promise<false>((resolve) => {
      setTimeout(resolve, 0, false);
    });
    const isReady = () => Promise.race([this.#source.peek().then(yes, yes), soon]);
    while (lines.length < maxReady && this.#unanswered.length < maxUnanswered && (await isReady())) {
      const line = await this.#nextLine();
      if (!line) break;
      lines.push(line);
    }
    return lines.join('');
  }

  async #chunk(size: number): Promise<string> {
    const lines: string[] = [];
    while (lines.length < Math.min(size, maxUnanswered)) {
      const line = await this.#nextLine();
      if (!line) break;
      lines.push(line);
    }
    return lines.join('');
  }

  /** Undefined: nothing more is to be sent. */
  async #nextLine(): Promise<string | undefined> {
    if (this.#unanswered.length >= maxUnanswered && !this.#isOver) {
      await new Promise<void>((resolve) => {
        this.#onRoom = resolve;
      });
    }
    try {
      const item = await this.#run.race(() => this.#source.peek());
      if (this.#isOver || !item) return undefined;
      const line = lineOf(item);
      this.#source.take();
      this.#unanswered.push(item);
      this.#watch();
      return line;
    } catch (error) {
      this.thrown = { error };
      return undefined;
    }
  }

  /** While an answer is due, silence ends the request. A caller that takes its time does not. */
  async #read<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#isReading = true;
    this.#watch();
    try {
      return await work();
    } finally {
      this.#isReading = false;
      clearTimeout(this.#timer);
      this.#timer = undefined;
    }
  }

  #watch(): void {
    if (!this.#isReading || this.#unanswered.length === 0 || this.#timer !== undefined) return;
    this.#timer = setTimeout(this.#stop, this.#transport.timeoutMs);
  }

  #end(): void {
    this.#isOver = true;
    this.#source.putBack(this.#unanswered.splice(0));
    this.#onRoom();
    this.#run.signal.removeEventListener('abort', this.#stop);
    // Ends what is still being sent.
    this.#stop();
  }
}

const yes = () => true;

function lineOf({ id, hashes }: BatchItem): string {
  return `${JSON.stringify({ id, hashes })}\n`;
}

type LineAnswer = { readonly result: MatchResult } | { readonly failure: Unavailable };

/** The line that answers `item`, or that says why the stream ends. */
function answerOf(line: string, item: BatchItem | undefined): LineAnswer {
  const answer = jsonOf(line);
  if (typeof answer !== 'object' || answer === null) return { failure: garbage() };
  const { id, error, ...verdict } = answer as { id?: unknown; error?: unknown };
  const isForItem = item !== undefined && id === item.id;
  if (error === undefined) return isForItem ? { result: resultOf(verdict) } : { failure: garbage() };
  const refused = refusalOf(error);
  // A line of which the service cannot read the id is answered with null, and so is the stream as a whole.
  const isUnreadable = item !== undefined && id === null && refused.code === 'bad_request';
  if (isForItem || isUnreadable) return { result: refused };
  return { failure: id === null ? refused : garbage() };
}

function garbage(): Unavailable {
  return unavailable('bad_answer', 'the answer is not the one of Vigie to these items; check the url');
}

const serverCodes: ReadonlySet<string> = new Set([
  'overloaded',
  'index_unavailable',
  'database_unavailable',
  'internal',
  'body_timeout',
]);

function refusalOf(error: unknown): Unavailable {
  const { code, detail } = (error ?? {}) as { code?: unknown; detail?: unknown };
  const name = typeof code === 'string' ? code : 'refused';
  const text = typeof detail === 'string' ? detail : 'the service refused the item';
  if (name === 'too_many_requests') return unavailable('quota', text, { code: name });
  return unavailable(serverCodes.has(name) ? 'server' : 'refused', text, { code: name });
}
