import { afterEach, describe, expect, it } from 'vitest';
import { type Imaging, ImagingClosed, ImagingOverloaded, startImaging } from '../../src/imaging/client.js';
import type { Purpose } from '../../src/imaging/protocol.js';
import { jpegs } from '../support/photographs.js';

let imaging: Imaging;

/** Stops the child, so that images stay in flight until `resume`. */
async function startStopped(queueLimit: number): Promise<Imaging> {
  imaging = startImaging({ children: 1, queueLimit });
  await imaging.ready;
  signal('SIGSTOP');
  return imaging;
}

const resume = (): void => signal('SIGCONT');

function signal(name: NodeJS.Signals): void {
  for (const pid of imaging.stats().pids) process.kill(pid, name);
}

afterEach(() => imaging.close());

describe('hash', () => {
  it('answers eight PDQ hashes, their quality, eight blockhashes, size and format', async () => {
    imaging = startImaging({ children: 1, variants: 'none' });
    const [file] = await jpegs(1, 640, 480);
    const hash = expect.stringMatching(/^[0-9a-f]{64}$/);
    expect(await imaging.hash(file ?? Buffer.of())).toEqual({
      pdq: [{ variant: 'full', quality: expect.any(Number), hashes: Array(8).fill(hash) }],
      blockhash: Array(8).fill(hash),
      width: 640,
      height: 480,
      format: 'jpeg',
      frames: { looked: 1, of: 1 },
      truncated: false,
    });
  });

  it('answers the variants of a query or an enrolment', async () => {
    imaging = startImaging({ children: 1 });
    const [file = Buffer.of()] = await jpegs(1, 640, 480);
    const names = async (purpose: Purpose) => {
      const result = await imaging.hash(file, undefined, purpose);
      return 'pdq' in result ? result.pdq.map(({ variant }) => variant) : [];
    };
    expect(await names('query')).toEqual(expect.arrayContaining(['full', 'inner_97', 'region_centre']));
    expect(await names('enrol')).toEqual(expect.arrayContaining(['full', 'crop_90', 'tilt_left_5', 'region_centre']));
  });

  it('does not change the bytes of the caller', async () => {
    imaging = startImaging({ children: 1 });
    const [file = Buffer.of()] = await jpegs(1);
    const copy = Buffer.from(file);
    await imaging.hash(file);
    expect(file).toEqual(copy);
  });

  it('accepts images before the first child is ready', async () => {
    imaging = startImaging({ children: 2 });
    expect(imaging.isReady()).toBe(false);
    const results = await Promise.all((await jpegs(6)).map((file) => imaging.hash(file)));
    expect(new Set(results.map((result) => 'pdq' in result && result.pdq[0]?.hashes[0])).size).toBe(6);
  });

  it('has room for arriving images in its children and its queue', async () => {
    imaging = startImaging({ children: 1, queueLimit: 2 });
    await imaging.ready;
    expect(() => imaging.assertRoom('a', 3)).not.toThrow();
    expect(() => imaging.assertRoom('a', 4)).toThrow(ImagingOverloaded);
  });

  it('rejects an image over the queue limit with a time to retry', async () => {
    const files = await jpegs(5);
    await startStopped(2);
    const answers = files.slice(0, 4).map((file) => imaging.hash(file));
    expect(imaging.stats()).toMatchObject({ inFlight: 2, queued: 2 });
    const refusal = await imaging.hash(files[4] ?? Buffer.of()).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(ImagingOverloaded);
    expect(refusal).toMatchObject({ retryAfterSeconds: 1, limit: 2 });
    resume();
    for (const result of await Promise.all(answers)) expect(result).toHaveProperty('pdq');
  });
});

describe('an aborted image', () => {
  it('leaves the queue at once', async () => {
    const files = await jpegs(3);
    await startStopped(10);
    const client = new AbortController();
    const [first, second] = [imaging.hash(files[0] ?? Buffer.of()), imaging.hash(files[1] ?? Buffer.of())];
    const third = imaging.hash(files[2] ?? Buffer.of(), client.signal);
    expect(imaging.stats().queued).toBe(1);
    client.abort(new Error('client gone'));
    await expect(third).rejects.toThrow('client gone');
    expect(imaging.stats().queued).toBe(0);
    resume();
    expect(await first).toHaveProperty('pdq');
    expect(await second).toHaveProperty('pdq');
  });

  it('that is being decoded is finished, and its answer is discarded', async () => {
    const files = await jpegs(2);
    await startStopped(10);
    const client = new AbortController();
    const first = imaging.hash(files[0] ?? Buffer.of(), client.signal);
    client.abort(new Error('client gone'));
    await expect(first).rejects.toThrow('client gone');
    resume();
    expect(await imaging.hash(files[1] ?? Buffer.of())).toHaveProperty('pdq');
    expect(imaging.stats()).toMatchObject({ inFlight: 0, restarts: 0 });
  });

  it('that was aborted earlier is never queued', async () => {
    await startStopped(10);
    await expect(imaging.hash(Buffer.of(1), AbortSignal.abort(new Error('gone before')))).rejects.toThrow('gone before');
    expect(imaging.stats().inFlight).toBe(0);
  });
});

describe('close', () => {
  it('finishes queued images, then ends the children', async () => {
    imaging = startImaging({ children: 1 });
    const answers = (await jpegs(5)).map((file) => imaging.hash(file));
    await imaging.close();
    for (const result of await Promise.all(answers)) expect(result).toHaveProperty('pdq');
    expect(imaging.stats()).toMatchObject({ pids: [], queued: 0, inFlight: 0 });
  });

  it('rejects images that do not finish in time', async () => {
    imaging = startImaging({ children: 1, drainMs: 50 });
    await imaging.ready;
    signal('SIGSTOP');
    const answers = Promise.allSettled((await jpegs(3)).map((file) => imaging.hash(file)));
    await imaging.close();
    for (const answer of await answers) expect(answer).toMatchObject({ status: 'rejected', reason: expect.any(ImagingClosed) });
    expect(imaging.stats().pids).toEqual([]);
  });

  it('rejects later images and a pending ready', async () => {
    imaging = startImaging({ children: 1 });
    const { ready } = imaging;
    await imaging.close();
    await expect(ready).rejects.toBeInstanceOf(ImagingClosed);
    await expect(imaging.hash(Buffer.of())).rejects.toBeInstanceOf(ImagingClosed);
  });
});
