import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Job } from '../../../src/service/jobs/job.js';
import { ScheduledJob } from '../../../src/service/jobs/scheduled-job.js';

const messages: string[] = [];
const log = {
  info: (_: object, message: string) => messages.push(message),
  warn: (_: object, message: string) => messages.push(message),
};

let scheduled: ScheduledJob | undefined;
afterEach(async () => {
  await scheduled?.close();
  messages.length = 0;
});

function schedule(job: Partial<Job> & Pick<Job, 'run'>): ScheduledJob {
  scheduled = new ScheduledJob({ name: 'test', everyMs: 2, ...job }, log as never);
  return scheduled;
}

describe('a scheduled job', () => {
  it('says that it has not started before it starts', () => {
    expect(schedule({ run: async () => {} }).state).toMatchObject({ status: 'not_started', runs: 0, lastStartedAt: null });
  });

  it('runs again and again', async () => {
    const run = vi.fn(async () => {});
    schedule({ run }).start();
    await vi.waitFor(() => expect(run.mock.calls.length).toBeGreaterThan(2));
  });

  it('never runs twice at a time', async () => {
    let running = 0;
    let highest = 0;
    const run = vi.fn(async () => {
      highest = Math.max(highest, ++running);
      await new Promise((resolve) => setTimeout(resolve, 5));
      running--;
    });
    schedule({ run }).start();
    await vi.waitFor(() => expect(run.mock.calls.length).toBeGreaterThan(2));
    expect(highest).toBe(1);
  });

  it('starts at once if it is told to', async () => {
    const run = vi.fn(async () => {});
    schedule({ run, atStart: true, everyMs: 3_600_000 }).start();
    await vi.waitFor(() => expect(run).toHaveBeenCalledOnce());
  });

  it('runs once more when it closes if it is told to', async () => {
    const run = vi.fn(async () => {});
    await schedule({ run, atClose: true, everyMs: 3_600_000 }).close();
    expect(run).toHaveBeenCalledOnce();
  });

  it('aborts the run under way when it closes, and waits for its end', async () => {
    let ended = false;
    const run = vi.fn(async (signal: AbortSignal) => {
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      ended = true;
    });
    const job = schedule({ run, atStart: true });
    job.start();
    await vi.waitFor(() => expect(run).toHaveBeenCalled());
    await job.close();
    expect(ended).toBe(true);
  });
});

describe('a job that fails', () => {
  const failing = async () => {
    throw Object.assign(new Error('the value "secret" is taken'), { code: '23505' });
  };

  it('shows how often it failed and the code of the error, not its text', async () => {
    const job = schedule({ run: failing });
    job.start();
    await vi.waitFor(() => expect(job.state.failuresInARow).toBeGreaterThan(1));
    expect(job.state).toMatchObject({ status: 'failing', lastError: '23505', lastSuccessAt: null });
    expect(job.state.failures).toBe(job.state.failuresInARow);
  });

  it('logs the first failure and the success that ends them', async () => {
    let broken = true;
    const job = schedule({ run: async () => (broken ? failing() : undefined) });
    job.start();
    await vi.waitFor(() => expect(job.state.failures).toBeGreaterThan(2));
    broken = false;
    await vi.waitFor(() => expect(job.state.failuresInARow).toBe(0));
    expect(messages).toEqual(['job failed', 'job works again']);
    expect(job.state.lastSuccessAt).not.toBeNull();
  });
});
