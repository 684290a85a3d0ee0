/** The hashes that HMA calls signals, and what they are here. */
import { VigieError } from '../../domain/errors.js';
import { fullVariant, type HashSet, type Md5, type Pdq, type Sha1, type Sha256 } from '../../domain/hash.js';

/** What a bank can hold, in the order in which HMA names them. */
export const signalTypes = ['pdq', 'video_md5'] as const;
export type SignalType = (typeof signalTypes)[number];

/** `POST /h/hash` adds digests, and a client looks up each hash that it was given. */
const lookupTypes = [...signalTypes, 'md5', 'sha1', 'sha256'] as const;
export type LookupType = (typeof lookupTypes)[number];

export const contentTypes = ['photo', 'video'] as const;
export type ContentType = (typeof contentTypes)[number];

export const signalsOf: Readonly<Record<ContentType, SignalType>> = { photo: 'pdq', video: 'video_md5' };

export function isSignalType(text: string): text is SignalType {
  return signalTypes.some((type) => type === text);
}

export function isLookupType(text: string): text is LookupType {
  return lookupTypes.some((type) => type === text);
}

const pdqText = /^[0-9a-f]{64}$/;
const digestText = { video_md5: /^[0-9a-f]{32}$/, md5: /^[0-9a-f]{32}$/, sha1: /^[0-9a-f]{40}$/, sha256: /^[0-9a-f]{64}$/ };

/**
 * PDQ is taken in lower case only, as in HMA; a digest also with blanks around it.
 *
 * @param what begins the message, for example `invalid signal`
 * @throws VigieError `bad_request`
 */
export function hashesOfSignal(type: LookupType, text: string, what: string): HashSet {
  if (type === 'pdq') {
    if (!pdqText.test(text)) throw new VigieError('bad_request', `${what}: invalid PDQ hash`);
    return { pdq: [{ value: text as Pdq, orientation: 'identity', variant: fullVariant }] };
  }
  const hex = text.trim().toLowerCase();
  if (!digestText[type].test(hex)) {
    throw new VigieError('bad_request', `${what}: invalid ${type === 'video_md5' ? 'MD5' : type.toUpperCase()} hash`);
  }
  if (type === 'sha1') return { sha1: hex as Sha1 };
  return type === 'sha256' ? { sha256: hex as Sha256 } : { md5: hex as Md5 };
}
