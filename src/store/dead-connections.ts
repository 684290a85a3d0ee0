/**
 * Finds connections whose packets get lost.
 *
 * A network that drops packets gives no error: a statement waits until its time limit, and ten of them stop the service. So a second
 * connection asks PostgreSQL what it does for statements that wait for two seconds. If it does nothing, the answer got lost.
 */
import pg from 'pg';
import type { Flight, Flights } from './flights.js';

const checkEveryMs = 500;
const suspectAfterMs = 2_000;
const probeWithinMs = 2_000;

/** Behind a pooler, the number that a connection knows is not that of the server process. */
const selectOwn = 'select pg_backend_pid() as pid';
const selectBusy = "select pid from pg_stat_activity where pid = any($1::int[]) and state = 'active'";
// They would hold their locks until the server notices.
const terminate = `
  select pg_terminate_backend(pid) from pg_stat_activity
  where pid = any($1::int[]) and state <> 'active' and usename = current_user and datname = current_database()`;

export class DeadConnections {
  private timer: NodeJS.Timeout | undefined;
  private checking: Promise<void> | undefined;

  constructor(
    private readonly connectionString: string,
    private readonly flights: Flights,
    private readonly log: { warn(details: object, message: string): void },
  ) {}

  start(): void {
    this.timer = setInterval(() => {
      const suspects = this.flights.olderThan(suspectAfterMs);
      if (suspects.length === 0) return;
      this.checking ??= this.check(suspects).finally(() => {
        this.checking = undefined;
      });
    }, checkEveryMs).unref();
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.checking;
  }

  /** Never rejects: without an answer to this probe, nobody knows more than before. */
  private async check(suspects: readonly Flight[]): Promise<void> {
    const probe = new pg.Client({
      connectionString: this.connectionString,
      connectionTimeoutMillis: probeWithinMs,
      query_timeout: probeWithinMs,
    });
    probe.on('error', () => {});
    try {
      await probe.connect();
      await this.endDead(probe, suspects);
    } catch {
      // The network is still down: the next check asks again.
    } finally {
      void probe.end().catch(() => {});
    }
  }

  private async endDead(probe: pg.Client, suspects: readonly Flight[]): Promise<void> {
    const own = await probe.query<{ pid: number }>(selectOwn);
    if (own.rows[0]?.pid !== processOf(probe)) return;
    const busy = await probe.query<{ pid: number }>(selectBusy, [suspects.map(({ client }) => processOf(client))]);
    const isBusy = new Set(busy.rows.map(({ pid }) => pid));
    // Meanwhile, an answer may have come after all.
    const dead = suspects.filter((flight) => this.flights.has(flight) && !isBusy.has(processOf(flight.client)));
    if (dead.length === 0) return;
    // With a statement under way this closes the socket, and the statement fails.
    for (const { client } of dead) if (client instanceof pg.Client) void client.end();
    this.log.warn({ connections: dead.length }, 'database connections ended: their packets got lost');
    await probe.query(terminate, [dead.map(({ client }) => processOf(client))]);
  }
}

/** The number that the server gave at the start. The driver's types lack it. */
function processOf(client: object): number {
  return 'processID' in client && typeof client.processID === 'number' ? client.processID : 0;
}
