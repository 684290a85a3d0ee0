import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { DataKey } from '../../domain/data-key.js';
import { VigieError } from '../../domain/errors.js';

const digits = z.string().regex(/^\d{1,20}$/);
const snapshot = z.string().regex(/^\d{1,20}:\d{1,20}:[\d,]*$/);

const schema = z.strictObject({
  list: z.string(),
  epoch: z.string(),
  /** The reader has everything that it could see. */
  snapshot,
  /** The confirmations that an entry needed, as `people/organisations`. */
  requirement: z.string(),
  /** The newest change that the reader has seen. */
  sequence: digits,
  /** During a full reading: the UUID of the last entry sent, or empty. */
  full: z.string().optional(),
  /** Of the StopNCII wire: the partner may have entries that were made up to this time, in seconds since 1970. */
  base: z.number().optional(),
  /** Between two pages of changes. */
  stretch: z.strictObject({ after: digits, to: digits, until: snapshot }).optional(),
});

/** Where a reader of the feed is. The server keeps nothing of it. */
export type FeedCursor = Readonly<z.output<typeof schema>>;

/** base64url(JSON) "." base64url(half an HMAC-SHA-256): a reader hands it back and cannot make one. */
export class FeedCursors {
  private readonly key: Uint8Array;

  constructor(dataKey: DataKey) {
    this.key = dataKey.derive('feed');
  }

  write(cursor: FeedCursor): string {
    const text = Buffer.from(JSON.stringify(cursor)).toString('base64url');
    return `${text}.${this.seal(text).toString('base64url')}`;
  }

  /** @throws VigieError `bad_request`. */
  read(given: string, list: string): FeedCursor {
    const [text = '', seal = ''] = given.split('.');
    const sealed = Buffer.from(seal, 'base64url');
    const expected = this.seal(text);
    if (sealed.length !== expected.length || !timingSafeEqual(sealed, expected)) {
      throw new VigieError('bad_request', 'since: expected the cursor of the last page, unchanged');
    }
    const cursor = schema.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
    if (cursor.list === list) return cursor;
    throw new VigieError('bad_request', `since: is a cursor of list "${cursor.list}", not of "${list}"`);
  }

  private seal(text: string): Buffer {
    return createHmac('sha256', this.key).update(text).digest().subarray(0, 16);
  }
}
