import { type ChildProcess, fork } from 'node:child_process';
import { on, once } from 'node:events';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('child.mjs', import.meta.url));
const running = new Set<ChildProcess>();

export interface Child {
  readonly pid: number | undefined;
  /** Starts a task of child.mjs and returns its first message. */
  ask(task: string, details: object): Promise<unknown>;
  messages(): AsyncIterable<unknown>;
  /** Sends SIGKILL and waits until the process has ended. */
  kill(): Promise<void>;
}

export function startChild(): Child {
  const child = fork(script, { execArgv: [] });
  running.add(child);
  child.once('exit', () => running.delete(child));
  return {
    pid: child.pid,
    async ask(task, details) {
      const answer = Promise.race([once(child, 'message'), once(child, 'exit').then(died)]);
      child.send({ task, ...details });
      const [value] = await answer;
      return value;
    },
    async *messages() {
      for await (const [value] of on(child, 'message', { close: ['exit'] })) yield value;
    },
    async kill() {
      const exit = once(child, 'exit');
      child.kill('SIGKILL');
      await exit;
    },
  };
}

function died(): never {
  throw new Error('the child process ended before it answered');
}

export async function killChildren(): Promise<void> {
  await Promise.all([...running].map((child) => [once(child, 'exit'), child.kill('SIGKILL')][0]));
}
