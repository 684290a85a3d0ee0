import type { Sample, ScenarioResult } from '../results.js';
import { decodeLoops } from './decode-baseline.js';
import { batchItems, type HashRequests, hashRequests } from './hash-requests.js';
import { drive, type Load, type Window } from './load-generator.js';
import { imageSizes, photographs, type Size } from './photographs.js';
import type { Server } from './sandbox.js';
import type { Service } from './service.js';

export interface Scenario extends Omit<ScenarioResult, 'samples'> {
  run(window: Window): Promise<Sample>;
}

export interface ImageSet {
  readonly size: Size;
  readonly files: readonly Buffer[];
}

export function imageSets(): Promise<ImageSet[]> {
  return Promise.all(imageSizes.map(async (size) => ({ size, files: await photographs(size) })));
}

const json = { 'content-type': 'application/json' };
const nameOf = ({ width, height }: Size) => `${width}x${height}`;
const bare = { get: 'bare Fastify GET', post: 'bare Fastify POST', batch: `bare Fastify POST of ${batchItems}` };
const bareDecode = (size: Size) => `bare decode ${nameOf(size)}`;

export function baselines({ url }: Server, requests: HashRequests, images: readonly ImageSet[]): Scenario[] {
  const { single, batches } = requests;
  const check = (body: string) => body.includes('no_known_match');
  const fastify = (name: string, load: Omit<Load, 'check'>): Scenario => ({
    name,
    knownHashes: null,
    baseline: null,
    hashesPerRequest: null,
    run: (window) => drive({ ...load, check }, window),
  });
  return [
    fastify(bare.get, { url, method: 'GET', headers: {}, bodies: [] }),
    fastify(bare.post, { url, method: 'POST', headers: json, bodies: single }),
    fastify(bare.batch, { url: `${url}/batch`, method: 'POST', headers: json, bodies: batches }),
    ...images.map(({ size, files }) => ({
      name: bareDecode(size),
      knownHashes: null,
      baseline: null,
      hashesPerRequest: null,
      run: (window: Window) => decodeLoops(files, window),
    })),
  ];
}

const hashMatch = 'hash match';

/** The same queries as HMA's clients send them. Their answers do not repeat the query, so the shape alone is checked. */
function hmaLookups({ url, key, known, knownHashes }: Service): Scenario[] {
  const headers = { authorization: `Bearer ${key}` };
  const { queries } = hashRequests(known);
  const lookup = (path: string, check: Load['check']): Scenario => ({
    name: `HMA GET ${path}`,
    knownHashes,
    baseline: hashMatch,
    hashesPerRequest: 1,
    run: (window) => {
      const paths = queries.map(({ pdq }) => `${path}?signal_type=pdq&signal=${pdq}`);
      return drive({ url, method: 'GET', headers, bodies: [], paths, check }, window);
    },
  });
  return [
    lookup('/m/raw_lookup', (body) => body.startsWith('{"matches":[')),
    lookup('/m/lookup', (body) => body.startsWith('{') && !body.includes('"message"')),
  ];
}

export function hotPath(service: Service, images: readonly ImageSet[]): Scenario[] {
  const { url, key, known, knownHashes } = service;
  const { single, batches, check } = hashRequests(known);
  const authorization = `Bearer ${key}`;
  const post = (path: string, type: string, bodies: Load['bodies'], isRight: Load['check']) => (window: Window) =>
    drive(
      { url: `${url}${path}`, method: 'POST', headers: { authorization, 'content-type': type }, bodies, check: isRight },
      window,
    );
  return [
    {
      name: hashMatch,
      knownHashes,
      baseline: bare.post,
      hashesPerRequest: 1,
      run: post('/v1/match', 'application/json', single, (body) => check(body, 1)),
    },
    {
      name: `batch of ${batchItems}`,
      knownHashes,
      baseline: bare.batch,
      hashesPerRequest: batchItems,
      run: post('/v1/match/batch', 'application/json', batches, (body) => check(body, batchItems)),
    },
    ...hmaLookups(service),
    ...images.map(({ size, files }) => ({
      name: `image match ${nameOf(size)}`,
      knownHashes,
      baseline: bareDecode(size),
      hashesPerRequest: null,
      run: post('/v1/match', 'image/jpeg', files, (body) => body.includes('"verdict":"no_known_match"')),
    })),
  ];
}
