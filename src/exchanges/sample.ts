/** Made-up records, to try an exchange without an account: hashes of no picture and of no file. */
import { createHash } from 'node:crypto';
import type { ListedRecord } from '../formats/format.js';
import type { Exchange, Fetched } from './exchange.js';

const pictures = 16;
const files = 2;

export function sampleExchange(): Exchange {
  return {
    kind: 'sample',
    title: 'Samples',
    baseUrl: 'https://sample.invalid',
    credentials: [],
    options: [],
    everySeconds: 86_400,
    fetch: samples,
  };
}

async function* samples(): AsyncGenerator<Fetched> {
  const ofPictures = Array.from({ length: pictures }, (_, at) => {
    const hex = createHash('sha256').update(`sample picture ${at}`).digest('hex');
    return record(`picture-${at + 1}`, { algorithm: 'pdq', hex, quality: 100 });
  });
  const ofFiles = Array.from({ length: files }, (_, at) => {
    const hex = createHash('md5').update(`sample file ${at}`).digest('hex');
    return record(`file-${at + 1}`, { algorithm: 'md5', hex, quality: null });
  });
  yield { kind: 'records', items: [...ofPictures, ...ofFiles] };
  yield { kind: 'range', checkpoint: { version: 1 }, everything: true };
}

function record(sourceId: string, hash: ListedRecord['hashes'][number]): ListedRecord {
  return {
    ...{ kind: 'listed', at: { line: 1 }, sourceId, hashes: [hash], class: null, sourceCodes: [], series: null },
    ...{ synthetic: true, provenance: {}, facts: {}, expiresAt: null, unsupported: [], skippedImageData: false },
  };
}
