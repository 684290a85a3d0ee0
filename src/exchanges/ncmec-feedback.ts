/** Feedback to NCMEC about one fingerprint of one entry. */
import { SaxesParser } from 'saxes';
import type { Algorithm } from '../domain/algorithms/registry.js';
import { FormatError } from '../formats/format.js';
import { addressOf } from './address.js';
import { basicAuthorization } from './credentials.js';
import { type ExchangeAccess, ExchangeError, type RecordFeedback } from './exchange.js';
import type { ExchangeHttp } from './http.js';

const types: Readonly<Partial<Record<Algorithm, string>>> = { md5: 'MD5', sha1: 'SHA1', photodna: 'PDNA', pdq: 'PDQ' };
const namespace = 'https://hashsharing.ncmec.org/hashsharing/v2';

/** NCMEC knows no undecided feedback, so `pending` sends nothing. @throws ExchangeError */
export async function sendNcmecFeedback(
  http: ExchangeHttp,
  access: ExchangeAccess,
  { sourceId, hash, decision }: RecordFeedback,
  signal: AbortSignal,
): Promise<void> {
  const type = types[hash.algorithm];
  if (type === undefined || decision === 'pending') return;
  // Member ids are numbers; an entry's id may have hyphens.
  const [, member, id] = /^(\d+)-(.+)$/.exec(sourceId) ?? [];
  if (member === undefined || id === undefined) throw new ExchangeError('refused', 'the record has no id of NCMEC');
  const authorization = basicAuthorization(access);
  const headers = { authorization, 'content-type': 'application/xml; charset=utf-8' };
  const url = addressOf(access.baseUrl, `/v2/entries/${[member, id, type].map(encodeURIComponent).join('/')}/feedback`);
  const verdict = decision === 'confirmed' ? '<affirmative/>' : negative(await reasonOf(http, access, type, signal));
  const body = `<?xml version="1.0" encoding="UTF-8"?><feedbackSubmission xmlns="${namespace}">${verdict}</feedbackSubmission>`;
  await http.ask({ url, method: 'PUT', headers, body, signal }, () => undefined);
}

function negative(guid: string): string {
  return `<negative><reasonIds><guid>${guid}</guid></reasonIds></negative>`;
}

interface Reason {
  readonly guid: string;
  readonly name: string;
}

/** The option `negativeReason` chooses by name or guid. Vigie does not guess: a reason is a statement about the record. */
async function reasonOf(http: ExchangeHttp, access: ExchangeAccess, type: string, signal: AbortSignal): Promise<string> {
  const url = addressOf(access.baseUrl, `/v2/feedback/${type}/reasons`);
  const headers = { authorization: basicAuthorization(access), accept: 'application/xml' };
  const reasons = await http.ask({ url, headers, signal }, ({ bytes }) => readReasons(bytes.toString('utf8')));
  const wanted = access.options.negativeReason?.trim().toLowerCase() ?? '';
  const fitting = reasons.filter(({ guid, name }) => wanted === '' || [guid, name].some((text) => text.toLowerCase() === wanted));
  const [only] = fitting;
  if (only && fitting.length === 1) return only.guid;
  const names = reasons.map(({ name }) => JSON.stringify(name)).join(', ');
  throw new ExchangeError('refused', `set the option "negativeReason" to one of ${names}: NCMEC wants a reason for ${type}`);
}

/** @throws FormatError */
function readReasons(xml: string): Reason[] {
  const reasons: Reason[] = [];
  const parser = new SaxesParser({ xmlns: true });
  const refuse = () => {
    throw new FormatError('malformed', 'ncmec', null, 'the reasons for feedback are not well-formed XML');
  };
  parser.on('error', refuse);
  parser.on('doctype', refuse);
  parser.on('opentag', ({ local, attributes }) => {
    const guid = attributes.guid?.value ?? '';
    // It becomes part of our own XML.
    if (local === 'reason' && /^[\w-]{1,64}$/.test(guid))
      reasons.push({ guid, name: attributes.name?.value.slice(0, 100) ?? guid });
  });
  parser.write(xml).close();
  return reasons;
}
