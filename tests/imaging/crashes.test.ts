import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Imaging, type ImagingOptions, type ImagingResult, startImaging } from '../../src/imaging/client.js';
import { built } from '../../src/package-root.js';
import { interlacedBlack } from '../support/bombs.js';
import { jpegs } from '../support/photographs.js';

const crashed = { unscannable: 'decoder_crashed' };
let imaging: Imaging | undefined;

async function started(options: ImagingOptions): Promise<Imaging> {
  imaging = startImaging(options);
  await imaging.ready;
  return imaging;
}

function signal(name: NodeJS.Signals): void {
  const [pid] = imaging?.stats().pids ?? [];
  if (pid === undefined) throw new Error('no child to signal');
  process.kill(pid, name);
}

/** Resolves when the only child has begun the image that a signal is meant to hit. */
const begun = (service: Imaging) => vi.waitFor(() => expect(service.stats().decoding).toBe(1), { timeout: 20_000, interval: 1 });

async function expectedHashes(files: readonly Buffer[]): Promise<ImagingResult[]> {
  const quiet = startImaging({ children: 1 });
  const results = await Promise.all(files.map((file) => quiet.hash(file)));
  await quiet.close();
  return results;
}

afterEach(() => imaging?.close());

describe('a child that crashes', () => {
  it.each(['SIGSEGV', 'SIGKILL', 'SIGABRT'] as const)('by %s costs the image it decodes and not the next one', async (name) => {
    const files = await jpegs(2, 1_800, 1_400);
    const expected = await expectedHashes(files);
    const service = await started({ children: 1 });
    const answers = files.map((file) => service.hash(file));
    expect(service.stats().inFlight).toBe(2);
    await begun(service);
    signal(name);
    expect(await Promise.all(answers)).toEqual([crashed, expected[1]]);
    expect(service.stats().restarts).toBe(1);
  });

  it('repeatedly costs one image per crash, and every other hash is right', async () => {
    const files = await jpegs(24, 900, 700);
    const expected = await expectedHashes(files);
    const service = await started({ children: 1 });
    let answered = 0;
    let kills = 0;
    const results = await Promise.all(
      files.map(async (file) => {
        const result = await service.hash(file);
        if (!('unscannable' in result) && ++answered % 4 === 0 && service.stats().inFlight > 0) {
          await begun(service);
          signal(++kills % 2 ? 'SIGSEGV' : 'SIGKILL');
        }
        return result;
      }),
    );
    expect(kills).toBeGreaterThanOrEqual(3);
    expect(results.filter((result) => 'unscannable' in result)).toEqual(Array(kills).fill(crashed));
    results.forEach((result, at) => {
      if (!('unscannable' in result)) expect(result).toEqual(expected[at]);
    });
  });

  it('retries the next image alone, and not a third time', async () => {
    const files = await jpegs(4, 900, 700);
    const expected = await expectedHashes(files);
    const service = await started({ children: 1 });
    const answers = files.map((file) => service.hash(file));
    await begun(service);
    signal('SIGKILL');
    expect(await answers[0]).toEqual(crashed);
    await begun(service);
    expect(service.stats()).toMatchObject({ inFlight: 1, queued: 2 });
    signal('SIGKILL');
    expect(await Promise.all(answers)).toEqual([crashed, crashed, expected[2], expected[3]]);
  });

  it('before it is ready is restarted', async () => {
    imaging = startImaging({ children: 1 });
    const [pid] = imaging.stats().pids;
    signal('SIGKILL');
    expect(imaging.isReady()).toBe(false);
    await imaging.ready;
    expect(imaging.isReady()).toBe(true);
    expect(imaging.stats()).toMatchObject({ restarts: 1 });
    expect(imaging.stats().pids).not.toContain(pid);
  });

  it('while idle costs no image, even if the image was sent before its end was noticed', async () => {
    const [file = Buffer.of()] = await jpegs(1);
    const service = await started({ children: 1 });
    signal('SIGKILL');
    expect(await service.hash(file)).toHaveProperty('pdq');
    expect(service.stats().restarts).toBe(1);
  });

  it('answers for an image that several children in turn received before their end', async () => {
    const [file = Buffer.of()] = await jpegs(1);
    const service = await started({ children: 1 });
    let [killed] = service.stats().pids;
    let isAnswered = false;
    signal('SIGSTOP');
    const answer = service.hash(file).finally(() => {
      isAnswered = true;
    });
    signal('SIGKILL');
    while (!isAnswered) {
      const isWithNext = () => service.stats().inFlight === 1 && !service.stats().pids.includes(killed ?? 0);
      await vi.waitFor(() => expect(isAnswered || isWithNext()).toBe(true), { timeout: 20_000, interval: 1 });
      [killed] = service.stats().pids;
      if (!isAnswered) signal('SIGKILL');
    }
    expect(await answer).toEqual(crashed);
  });

  it('keeps the verdict of an image that was sent to two killed children', async () => {
    const [file = Buffer.of()] = await jpegs(1);
    const [expected] = await expectedHashes([file]);
    const service = await started({ children: 2 });
    const { pids } = service.stats();
    for (const pid of pids) process.kill(pid, 'SIGSTOP');
    const answer = service.hash(file);
    for (const pid of pids) process.kill(pid, 'SIGKILL');
    expect(await answer).toEqual(expected);
  });
});

describe('an image over its deadline', () => {
  it('answers timeout, and the next image is hashed', async () => {
    const files = await jpegs(2);
    const expected = await expectedHashes(files);
    const service = await started({ children: 1, deadlineMs: 2_000 });
    signal('SIGSTOP');
    const results = await Promise.all(files.map((file) => service.hash(file)));
    expect(results).toEqual([{ unscannable: 'timeout' }, expected[1]]);
    expect(service.stats().restarts).toBe(1);
  });
});

describe('an answer that waits while the service is busy', () => {
  it('counts even if it is read after the deadline', async () => {
    const [file = Buffer.of()] = await jpegs(1);
    const service = await started({ children: 1, deadlineMs: 400 });
    const answer = service.hash(file);
    blockThisThread(1_200);
    expect(await answer).toHaveProperty('pdq');
    expect(service.stats().restarts).toBe(0);
  });
});

function blockThisThread(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

describe('a service process that is killed', () => {
  it('leaves no imaging process behind, not even one that is in the middle of an image', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'vigie-imaging-'));
    const slow = join(folder, 'slow.png');
    // 49 interlaced megapixels take two seconds. 150 kB fit into the pipe, so they arrive although the sender dies.
    await writeFile(slow, interlacedBlack(7_000, 7_000));
    const client = pathToFileURL(built('src/imaging/client.js'));
    const code = `import { readFileSync } from 'node:fs';
      import { startImaging } from ${JSON.stringify(client.href)};
      const imaging = startImaging({ children: 2, deadlineMs: 60_000 });
      await imaging.ready;
      void imaging.hash(readFileSync(${JSON.stringify(slow)})).then(() => console.log('"too early"'));
      console.log(JSON.stringify(imaging.stats().pids));`;
    const parent = spawn(execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = await once(createInterface({ input: parent.stdout }), 'line');
    const pids: number[] = JSON.parse(line);
    expect(pids).toHaveLength(2);
    parent.kill('SIGKILL');
    await vi.waitFor(() => expect(pids.filter(isRunning)).toEqual([]), { timeout: 700, interval: 10 });
    await rm(folder, { recursive: true });
  });
});

/** A zombie has ended. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !readFileSync(`/proc/${pid}/stat`, 'latin1').includes(') Z ');
  } catch {
    return false;
  }
}
