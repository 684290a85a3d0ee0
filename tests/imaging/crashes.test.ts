import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { execPath } from 'node:process';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Imaging, type ImagingOptions, type ImagingResult, startImaging } from '../../src/imaging/client.js';
import { built } from '../../src/package-root.js';
import { jpegs } from '../support/photographs.js';

const crashed = { unscannable: 'decoder_crashed' };
let imaging: Imaging | undefined;

async function started(options: ImagingOptions): Promise<Imaging> {
  imaging = startImaging(options);
  await imaging.ready;
  return imaging;
}

/** The one child of an imaging with `children: 1`. */
function signal(name: NodeJS.Signals): void {
  const [pid] = imaging?.stats().pids ?? [];
  if (pid === undefined) throw new Error('no child to signal');
  process.kill(pid, name);
}

async function expectedHashes(files: readonly Buffer[]): Promise<ImagingResult[]> {
  const quiet = startImaging({ children: 1 });
  const results = await Promise.all(files.map((file) => quiet.hash(file)));
  await quiet.close();
  return results;
}

afterEach(() => imaging?.close());

describe('a child that crashes', () => {
  it.each(['SIGSEGV', 'SIGKILL', 'SIGABRT'] as const)(
    'by %s costs the image it decodes and not the one behind it',
    async (name) => {
      const files = await jpegs(2, 900, 700);
      const expected = await expectedHashes(files);
      const service = await started({ children: 1 });
      const answers = files.map((file) => service.hash(file));
      expect(service.stats().inFlight).toBe(2);
      signal(name);
      expect(await Promise.all(answers)).toEqual([crashed, expected[1]]);
      expect(service.stats().restarts).toBe(1);
    },
  );

  it('again and again costs one image a crash, and every other hash is right', async () => {
    const files = await jpegs(24, 900, 700);
    const expected = await expectedHashes(files);
    const service = await started({ children: 1 });
    let answered = 0;
    let kills = 0;
    const results = await Promise.all(
      files.map(async (file) => {
        const result = await service.hash(file);
        // After every fourth hash, while others are in flight: the next one is being decoded.
        if (!('unscannable' in result) && ++answered % 4 === 0 && service.stats().inFlight > 0) {
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

  it('under two companions of crashes answers decoder_crashed at the second one', async () => {
    const service = await started({ children: 1 });
    const [first, second] = await jpegs(2, 900, 700);
    if (!first || !second) throw new Error('two files are made');
    const answers = [service.hash(first), service.hash(second)];
    signal('SIGKILL');
    expect(await answers[0]).toEqual(crashed);
    await vi.waitFor(() => expect(service.stats().inFlight).toBe(1), { timeout: 20_000, interval: 1 });
    signal('SIGKILL');
    expect(await answers[1]).toEqual(crashed);
  });

  it('before it is ready is started again', async () => {
    imaging = startImaging({ children: 1 });
    const [pid] = imaging.stats().pids;
    signal('SIGKILL');
    expect(imaging.isReady()).toBe(false);
    await imaging.ready;
    expect(imaging.isReady()).toBe(true);
    expect(imaging.stats()).toMatchObject({ restarts: 1 });
    expect(imaging.stats().pids).not.toContain(pid);
  });

  it('while idle blames nobody', async () => {
    const service = await started({ children: 1 });
    signal('SIGKILL');
    await vi.waitFor(() => expect(service.stats().restarts).toBe(1));
    const [file] = await jpegs(1);
    expect(await service.hash(file ?? Buffer.of())).toHaveProperty('pdq');
  });
});

describe('a late image', () => {
  it('answers timeout when its deadline is over, and its companion is hashed', async () => {
    const files = await jpegs(2);
    const expected = await expectedHashes(files);
    const service = await started({ children: 1, deadlineMs: 2_000 });
    signal('SIGSTOP');
    const results = await Promise.all(files.map((file) => service.hash(file)));
    expect(results).toEqual([{ unscannable: 'timeout' }, expected[1]]);
    expect(service.stats().restarts).toBe(1);
  });
});

describe('an answer that waits because the service was busy', () => {
  it('counts, even if it is read after the deadline', async () => {
    const [file = Buffer.of()] = await jpegs(1);
    const service = await started({ children: 1, deadlineMs: 400 });
    const answer = service.hash(file);
    blockThisThread(1_200);
    expect(await answer).toHaveProperty('pdq');
    expect(service.stats().restarts).toBe(0);
  });
});

/** What a long garbage collection does: nothing runs here, while the child goes on. */
function blockThisThread(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

describe('a service process that is killed', () => {
  it('leaves no imaging process behind', async () => {
    const client = pathToFileURL(built('src/imaging/client.js'));
    const code = `import { startImaging } from ${JSON.stringify(client.href)};
      const imaging = startImaging({ children: 2 });
      await imaging.ready;
      console.log(JSON.stringify(imaging.stats().pids));`;
    const parent = spawn(execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = await once(createInterface({ input: parent.stdout }), 'line');
    const pids: number[] = JSON.parse(line);
    expect(pids).toHaveLength(2);
    parent.kill('SIGKILL');
    await vi.waitFor(() => expect(pids.filter(isRunning)).toEqual([]), { timeout: 10_000 });
  });
});

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
