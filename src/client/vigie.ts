import { isWrongRequest, VigieError } from './errors.js';
import { type ManyOptions, type ManyResult, matchMany } from './match-many.js';
import type { BatchItem, Entry, Feedback, FeedbackRequest, HashAnswer, Hashes, Receipt } from './openapi.js';
import { settingsOf, type VigieOptions } from './options.js';
import {
  type EnrolRequest,
  entryBody,
  type Image,
  type ImageAddress,
  imageBody,
  isImage,
  isStream,
  jsonBody,
} from './request-body.js';
import { type Answer, type Call, type Outcome, Transport } from './transport.js';
import { unavailable } from './unavailable.js';
import { type MatchResult, resultOf } from './verdict.js';

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

/** `received`: the key may not read the list, so the receipt does not tell what the list holds. */
export type Enrolled =
  | { readonly outcome: 'created' | 'standing'; readonly entry: Entry }
  | ({ readonly outcome: 'received' } & Receipt);

/** Asks one Vigie service. It keeps no state between calls, so one object serves a whole process. */
export class Vigie {
  readonly #transport: Transport;

  /** @throws TypeError if an option is malformed. */
  constructor(options: VigieOptions) {
    this.#transport = new Transport(settingsOf(options));
  }

  /**
   * Says what to do with an image, given as its bytes, its hashes or its URL.
   *
   * Without an answer it returns `unavailable`, which is never "no match": `isHidden` is true for it.
   *
   * @throws VigieError with status 400, 401, 403, 404, 413 or 415: the request is wrong. The content has no verdict, so hide it.
   */
  async match(input: Image | ImageAddress | { readonly hashes: Hashes }, { signal }: CallOptions = {}): Promise<MatchResult> {
    if (isStream(input) && input.locked) {
      return unavailable('stream_consumed', 'the stream of the image was read before; open it again');
    }
    const sent = isImage(input) ? imageBody(input) : jsonBody(input);
    const outcome = await this.#transport.post({ path: '/v1/match', ...sent }, signal);
    if ('answer' in outcome) return resultOf(outcome.answer.body);
    if (isWrongRequest(outcome.failure)) throw new VigieError(outcome.failure);
    return outcome.failure;
  }

  /**
   * Matches many sets of hashes. Yields one result per item, in the order of the items, and takes further items only as you take results.
   *
   * When the service cannot be reached any more, every remaining item comes back as `unavailable`.
   *
   * @throws VigieError as `match`, for the request as a whole. A bad item is a result: `unavailable` with the reason `refused`.
   */
  matchMany(items: AsyncIterable<BatchItem> | Iterable<BatchItem>, options: ManyOptions = {}): AsyncGenerator<ManyResult, void> {
    return matchMany(this.#transport, items, options);
  }

  /** Computes the hashes of an image, and looks nothing up. @throws VigieError if there is no answer. */
  async hash(image: Image | ImageAddress, { signal }: CallOptions = {}): Promise<HashAnswer> {
    const sent = isImage(image) ? imageBody(image) : jsonBody(image);
    const { body } = answered(await this.#transport.post({ path: '/v1/hash', ...sent }, signal), 'hashes');
    return body as HashAnswer;
  }

  /**
   * Puts an image, or its hashes, on a list. Retries have the same Idempotency-Key, so the service enrols once.
   *
   * @throws VigieError if it is refused, or if there is no answer: the content may be enrolled or not, and you can repeat the call.
   */
  async enrol(request: EnrolRequest, { signal }: CallOptions = {}): Promise<Enrolled> {
    const outcome = await this.#write({ path: '/v1/entries', ...entryBody(request) }, signal);
    const { status, body } = answered(outcome, 'list', 'receipt');
    if (status === 202) return { outcome: 'received', ...(body as Receipt) };
    return { outcome: status === 201 ? 'created' : 'standing', entry: body as Entry };
  }

  /** Says whether a match was right. @throws VigieError as `enrol`. */
  async feedback(requestId: string, feedback: FeedbackRequest, { signal }: CallOptions = {}): Promise<Feedback> {
    const path = `/v1/matches/${encodeURIComponent(requestId)}/feedback`;
    const { body } = answered(await this.#write({ path, ...jsonBody(feedback) }, signal), 'outcome');
    return body as Feedback;
  }

  #write(call: Call, signal: AbortSignal | undefined): Promise<Outcome> {
    const headers = { ...call.headers, 'idempotency-key': newIdempotencyKey() };
    return this.#transport.post({ ...call, headers }, signal);
  }
}

/** `fields`: each answer has one of them. Other services answer with JSON too. @throws VigieError if there is no usable answer. */
function answered(outcome: Outcome, ...fields: readonly string[]): Answer {
  if ('failure' in outcome) throw new VigieError(outcome.failure);
  const { body } = outcome.answer;
  if (typeof body === 'object' && body !== null && fields.some((field) => Object.hasOwn(body, field))) return outcome.answer;
  throw new VigieError(unavailable('bad_answer', 'the answer is not one of Vigie; check the url'));
}

/** `crypto.randomUUID` exists only on pages that came over HTTPS. */
function newIdempotencyKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
