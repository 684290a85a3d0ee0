/** What clients of Arachnid Shield send and read (docs/api/arachnid.md). */
import { VigieError } from '../../domain/errors.js';
import { fullVariant, type HashOf, type HashSet } from '../../domain/hash.js';
import type { Caller } from '../../domain/key.js';
import type { VerdictName } from '../../domain/verdict.js';
import type { MatchDisclosure } from '../matching/match-disclosure.js';
import type { Matcher } from '../matching/matcher.js';
import { type Classified, classified } from './classification.js';

/** Its hashes are those of the file that was sent. The details of near matches would be hashes of a list, so there are none. */
export interface ScannedMedia extends Classified {
  readonly sha1_base32: string;
  readonly sha256_hex: string;
  readonly size_bytes: number;
  readonly near_match_details: readonly [];
}

export interface ScannedPdq extends Classified {
  readonly near_match_details: null;
}

export interface Scanned<Answer> {
  readonly verdict: VerdictName;
  readonly answer: Answer;
}

export interface ArachnidParts {
  readonly matcher: Matcher;
  readonly disclosure: MatchDisclosure;
}

export class ArachnidWire {
  constructor(private readonly parts: ArachnidParts) {}

  /** The answer is the error `unscannable_image` where no match decides. @throws as `Matcher.matchImage`. */
  async scanMedia(
    caller: Caller,
    requestId: string,
    bytes: Uint8Array,
    signal: AbortSignal,
  ): Promise<Scanned<ScannedMedia | VigieError>> {
    // The matcher may take the bytes away.
    const { length: size_bytes } = bytes;
    const verdict = await this.parts.matcher.matchImage(caller, requestId, bytes, signal);
    const { sha1 = '', sha256 = '' } = verdict.hashes;
    const { matches } = this.parts.disclosure.disclose(caller, verdict, verdict.hashes);
    if (verdict.verdict === 'unscannable')
      return { verdict: 'unscannable', answer: unscannable(`the media cannot be matched (${verdict.reason})`) };
    const answer = {
      sha1_base32: base32(sha1),
      sha256_hex: sha256.toUpperCase(),
      ...{ size_bytes, ...classified(verdict.verdict, matches) },
      near_match_details: [],
    } as const;
    return { verdict: verdict.verdict, answer };
  }

  /**
   * One answer for each hash, in order, and none for a hash that says nothing. If nothing matched, such a hash is an error. Otherwise
   * the match counts more: clients that let errors through would miss it in a video that begins with a black frame.
   *
   * @throws VigieError `unscannable_image`, and as `Matcher.matchMany`.
   */
  async scanPdq(caller: Caller, requestId: string, hashes: readonly HashOf<'pdq'>[]): Promise<Scanned<ScannedPdq | undefined>[]> {
    const items = hashes.map((value, at) => ({ requestId: `${requestId}-${at}`, hashes: pdqOf(value) }));
    const verdicts = await this.parts.matcher.matchMany(caller, items);
    // All are counted, also before an error: the verdicts can be read afterwards.
    const told = verdicts.map((verdict, at) => this.parts.disclosure.disclose(caller, verdict, items[at]?.hashes ?? {}));
    const scanned = told.map(({ verdict, matches }) => {
      if (verdict === 'unscannable') return { verdict, answer: undefined };
      return { verdict, answer: { ...classified(verdict, matches), near_match_details: null } };
    });
    const unread = scanned.findIndex(({ answer }) => answer === undefined);
    const isMatch = scanned.some(({ answer }) => answer && answer.match_type !== null);
    if (unread >= 0 && !isMatch) throw unscannable(`hashes.${unread}: cannot be matched (${told[unread]?.reason})`);
    return scanned;
  }
}

/** Clients would let "no-known-match" through. */
function unscannable(what: string): VigieError {
  return new VigieError('unscannable_image', `${what}, so there is no verdict: hold it`);
}

function pdqOf(value: HashOf<'pdq'>): HashSet {
  return { pdq: [{ value, quality: undefined, orientation: 'identity', variant: fullVariant }] };
}

const base32Digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
/** 160 bits are 32 digits without padding. */
const sha1Digits = 32;

function base32(hex: string): string {
  const digits = BigInt(`0x${hex}`).toString(base32Digits.length).padStart(sha1Digits, '0');
  return [...digits].map((digit) => base32Digits[Number.parseInt(digit, base32Digits.length)]).join('');
}
