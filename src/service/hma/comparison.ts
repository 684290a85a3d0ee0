import { VigieError } from '../../domain/errors.js';
import { hammingDistance } from '../../domain/hash.js';
import { defaultThresholds } from '../../domain/list.js';
import { hashesOfSignal, isSignalType, type SignalType } from './signals.js';

/** Whether two hashes match, and their distance in bits. */
export type Comparison = readonly [isMatch: boolean, { readonly distance: number }];

/** @throws VigieError `bad_request`, for the same reasons as HMA. */
export function compareSignals(input: unknown): Record<string, Comparison> {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) throw refusal('Request input was not a dict');
  return Object.fromEntries(
    Object.entries(input).map(([type, pair]) => {
      if (!Array.isArray(pair)) throw refusal(`Comparison hashes for ${type} was not a list`);
      if (pair.length !== 2) throw refusal('Comparison hash list length must be exactly 2');
      if (!isSignalType(type)) throw refusal(`No such SignalType '${type}'`);
      const [one = '', other = ''] = pair.map((text: unknown) => hexOf(type, text));
      const distance = type === 'pdq' ? hammingDistance(one, other) : Number(one !== other);
      return [type, [distance <= (type === 'pdq' ? defaultThresholds.pdq.wide : 0), { distance }]] as const;
    }),
  );
}

function hexOf(type: SignalType, text: unknown): string {
  const { pdq, md5 } = hashesOfSignal(type, typeof text === 'string' ? text : '', `Invalid ${type} hash`);
  return pdq?.[0]?.value ?? md5 ?? '';
}

function refusal(detail: string): VigieError {
  return new VigieError('bad_request', detail);
}
