import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';

const mark = '--- end of output ---';

/** One shell that runs commands one after the other, so that later commands see the variables of earlier ones. */
export class Terminal {
  private readonly shell: ChildProcessWithoutNullStreams;
  private output = '';

  constructor(cwd: string, env: Readonly<Record<string, string>>) {
    this.shell = spawn('bash', [], { cwd, env });
    this.shell.stdout.on('data', (chunk: Buffer) => {
      this.output += chunk.toString();
    });
  }

  /** Gives the standard output of a command, without the line end. */
  async run(command: string): Promise<string> {
    this.output = '';
    // A command must not read the shell's own input, which holds the rest of this script.
    this.shell.stdin.write(`{ ${command}\n} </dev/null\necho; echo '${mark}'\n`);
    while (!this.output.includes(mark)) await once(this.shell.stdout, 'data');
    return this.output.slice(0, this.output.indexOf(mark)).trimEnd();
  }

  async close(): Promise<void> {
    const closed = once(this.shell, 'close');
    this.shell.stdin.end();
    await closed;
  }
}
