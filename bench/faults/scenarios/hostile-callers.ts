import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { photographs } from '../../http/photographs.js';
import { flipBits, type Random, randomFrom, randomHash } from '../../random.js';
import { type Answer, Caller, p } from '../caller.js';
import type { FaultRow } from '../results.js';
import type { FaultScenario } from '../scenario.js';

const seconds = 8;
/** Per second. */
const honestRate = 100;
/** One honest request in this many is an image. */
const imageEvery = 10;

interface Harm {
  readonly name: string;
  /** Goes on until the signal. */
  begin(url: string, key: string, near: () => string, signal: AbortSignal): void;
}

export const hostileCallers: FaultScenario = {
  name: 'hostile-callers',
  goal: `Beside ${honestRate} honest requests per second, one key does harm. No honest request is refused, and p99 stays below 3 times its idle value.`,
  async run(bench) {
    const { keys, known, start } = await bench.install({ keys: { honest: 'platform', hostile: 'platform' }, knownHashes: 1_000 });
    const { url, stop } = await start();
    const images = await photographs({ width: 640, height: 480 });
    const random = randomFrom(2);
    const near = () => flipBits(known[0] ?? '', 4, random);
    const honest = () => ask(url, keys.honest ?? '', images, random);
    await honest();
    const idle = await honest();
    const rows = rowsOf('idle', idle, idle);
    for (const harm of harms) {
      const ending = new AbortController();
      harm.begin(url, keys.hostile ?? '', near, ending.signal);
      rows.push(...rowsOf(harm.name, await honest(), idle));
      ending.abort();
      await pause(2_000);
    }
    await stop();
    return rows;
  },
};

const harms: readonly Harm[] = [
  {
    name: '13 bodies of 20 MiB announced',
    begin: (url, key, _near, signal) => {
      for (let at = 0; at < 13; at++)
        open(url, signal).write(head('/v1/hash', key, 'image/jpeg', `content-length: ${20 * 1024 * 1024}`));
    },
  },
  {
    name: '300 slow headers',
    begin: (url, _key, _near, signal) => {
      for (let at = 0; at < 300; at++) drip(open(url, signal), 'POST /v1/match HTTP/1.1\r\nhost: x\r\n', 'x: y\r\n');
    },
  },
  {
    name: '300 slow bodies',
    begin: (url, key, _near, signal) => {
      for (let at = 0; at < 300; at++)
        drip(open(url, signal), head('/v1/match', key, 'application/json', 'content-length: 300'), ' ');
    },
  },
  {
    name: 'batches of 1 000 with 16 near hashes each',
    begin: (url, key, near, signal) => {
      const items = Array.from({ length: 1_000 }, (_, at) => ({ id: String(at), hashes: { pdq: hashes(near, 16) } }));
      void repeat(url, signal, { path: '/v1/match/batch', key, body: JSON.stringify({ items }) });
    },
  },
  {
    name: '20 streams of items with 64 near hashes',
    begin: (url, key, near, signal) => {
      const lines = `${JSON.stringify({ id: 'a', hashes: { pdq: hashes(near, 64) } })}\n`.repeat(10);
      const chunk = `${lines.length.toString(16)}\r\n${lines}\r\n`;
      for (let at = 0; at < 20; at++) {
        const socket = open(url, signal).resume();
        socket.write(head('/v1/match/batch', key, 'application/x-ndjson', 'transfer-encoding: chunked'));
        pump(socket, chunk);
      }
    },
  },
  {
    name: '20 connections of images',
    begin: (url, key, _near, signal) => {
      void photographs({ width: 1920, height: 1440 }, 1).then(([body]) => {
        const call = { path: '/v1/match', key, type: 'image/jpeg', body: body ?? '' };
        for (let at = 0; at < 20; at++) void repeat(url, signal, call);
      });
    },
  },
];

/** A fixed rate, whether answers come or not. */
async function ask(url: string, key: string, images: readonly Buffer[], random: Random) {
  const caller = new Caller(url, 256);
  const hashMatches: Promise<Answer>[] = [];
  const imageMatches: Promise<Answer>[] = [];
  const began = performance.now();
  for (let sent = 0; sent < honestRate * seconds; sent++) {
    const late = began + (sent * 1_000) / honestRate - performance.now();
    if (late > 0) await pause(late);
    if (sent % imageEvery === 0) {
      imageMatches.push(caller.call({ path: '/v1/match', key, type: 'image/jpeg', body: images[sent % images.length] ?? '' }));
    } else {
      const body = JSON.stringify({ hashes: { pdq: randomHash(random), quality: 100 } });
      hashMatches.push(caller.call({ path: '/v1/match', key, body }));
    }
  }
  const answers = { hashes: await Promise.all(hashMatches), images: await Promise.all(imageMatches) };
  caller.close();
  return answers;
}

type Honest = Awaited<ReturnType<typeof ask>>;

function rowsOf(name: string, { hashes: matched, images }: Honest, idle: Honest): FaultRow[] {
  const refused = [...matched, ...images].filter(({ status }) => status !== 200).length;
  const times = (answers: readonly Answer[], still: readonly Answer[]) => p(0.99, answers) / p(0.99, still);
  return [
    { measured: `${name}: refused`, value: refused, unit: '', maximum: 0 },
    { measured: `${name}: hash match, p99`, value: p(0.99, matched), unit: 'ms' },
    { measured: `${name}: hash match, p99 to idle`, value: times(matched, idle.hashes), unit: 'times', maximum: 3 },
    { measured: `${name}: image match, p99`, value: p(0.99, images), unit: 'ms' },
    { measured: `${name}: image match, p99 to idle`, value: times(images, idle.images), unit: 'times', maximum: 3 },
  ];
}

function hashes(near: () => string, count: number) {
  return Array.from({ length: count }, () => ({ value: near(), quality: 100 }));
}

function open(url: string, signal: AbortSignal): Socket {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  socket.on('error', () => {});
  signal.addEventListener('abort', () => socket.destroy(), { once: true });
  return socket;
}

function head(path: string, key: string, type: string, length: string): string {
  return `POST ${path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${key}\r\ncontent-type: ${type}\r\n${length}\r\n\r\n`;
}

function drip(socket: Socket, first: string, then: string): void {
  socket.resume().write(first);
  const timer = setInterval(() => socket.write(then), 1_000);
  socket.once('close', () => clearInterval(timer));
}

function pump(socket: Socket, chunk: string): void {
  while (!socket.destroyed && socket.write(chunk));
  if (!socket.destroyed) socket.once('drain', () => pump(socket, chunk));
}

async function repeat(url: string, signal: AbortSignal, call: Parameters<Caller['call']>[0]): Promise<void> {
  const caller = new Caller(url, 1);
  signal.addEventListener('abort', () => caller.close(), { once: true });
  while (!signal.aborted) {
    const { status } = await caller.call(call);
    if (status !== 200) await pause(100);
  }
}
