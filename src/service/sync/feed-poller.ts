import type { Logger } from 'pino';

/** Polls until `stop`. Logs the start and the end of an outage. */
export class FeedPoller {
  private connectivity: 'reachable' | 'unreachable' = 'reachable';
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(
    private readonly poll: () => Promise<void>,
    private readonly delayMs: () => number,
    private readonly log: Pick<Logger, 'info' | 'warn'>,
  ) {}

  start(): void {
    if (!this.stopped) this.timer = setTimeout(() => void this.pollOnce(), this.delayMs());
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private async pollOnce(): Promise<void> {
    await this.poll().then(
      () => this.reached(),
      (error: unknown) => this.failed(error),
    );
    this.start();
  }

  private reached(): void {
    if (this.connectivity === 'unreachable') this.log.info('database reachable again');
    this.connectivity = 'reachable';
  }

  private failed(error: unknown): void {
    if (this.connectivity === 'reachable') this.log.warn({ err: error }, 'database unreachable; answering from memory');
    this.connectivity = 'unreachable';
  }
}
