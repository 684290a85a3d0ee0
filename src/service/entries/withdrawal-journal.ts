/**
 * A file beside the database that knows every withdrawal, one line of JSON each. A backup made before a withdrawal still holds the
 * hashes, so `vigie restore` reads this file too. It holds no hash, only keyed hashes of them.
 */
import { open, readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { WithdrawalEvent, WithdrawalStore } from '../../store/withdrawals.js';

const lineSchema = z.strictObject({
  id: z.number().int().positive(),
  entry: z.uuid(),
  event: z.enum(['withdraw', 'restore']),
  byVictim: z.boolean(),
  marks: z.array(z.string().regex(/^[0-9a-f]{64}$/)),
  at: z.coerce.date(),
});

/** An event may become visible after later ones. Its transaction ends within a minute, in which no list has this many events. */
const overlap = 10_000;
const eventsAtOnce = 1_000;

export class WithdrawalJournal {
  /** The last lines: events may be read twice. */
  private readonly written = new Set<string>();
  private last: number | undefined;

  constructor(
    private readonly path: string,
    private readonly store: Pick<WithdrawalStore, 'lastEvent' | 'after'>,
  ) {}

  /** Adds what the file lacks. Resolves once it is on the disk. */
  async catchUp(): Promise<void> {
    this.last ??= await this.readLast();
    const newest = await this.store.lastEvent();
    // A restored database counts from an earlier number.
    let from = newest < this.last ? 0 : Math.max(0, this.last - overlap);
    for (;;) {
      const events = await this.store.after(from, eventsAtOnce);
      const fresh = events.filter((event) => !this.written.has(nameOf(event)));
      if (fresh.length > 0) await append(this.path, fresh);
      for (const event of fresh) this.note(event);
      from = events.at(-1)?.id ?? from;
      if (events.length < eventsAtOnce) break;
    }
    this.last = newest;
  }

  private async readLast(): Promise<number> {
    const events = (await readWithdrawalEvents(this.path)) ?? [];
    for (const event of events) this.note(event);
    return events.reduce((last, { id }) => Math.max(last, id), 0);
  }

  private note(event: WithdrawalEvent): void {
    this.written.add(nameOf(event));
    if (this.written.size <= 2 * overlap) return;
    for (const name of this.written) {
      this.written.delete(name);
      break;
    }
  }
}

/** What stands withdrawn: the last event of each entry. Undefined when there is no such file. */
export async function readWithdrawals(path: string): Promise<WithdrawalEvent[] | undefined> {
  const events = await readWithdrawalEvents(path);
  if (!events) return undefined;
  const last = new Map<string, WithdrawalEvent>();
  const inOrder = events.sort((one, other) => one.at.getTime() - other.at.getTime() || one.id - other.id);
  for (const event of inOrder) last.set(event.entry, event);
  return [...last.values()].filter(({ event }) => event === 'withdraw');
}

async function readWithdrawalEvents(path: string): Promise<WithdrawalEvent[] | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  return text?.split('\n').flatMap((line) => eventIn(line) ?? []);
}

/** A power failure may have cut a line. */
function eventIn(line: string): WithdrawalEvent | undefined {
  try {
    return lineSchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

/** Each time with an empty line first, because the last line may have been cut. */
async function append(path: string, events: readonly WithdrawalEvent[]): Promise<void> {
  const file = await open(path, 'a', 0o600);
  try {
    await file.appendFile(`\n${events.map((event) => JSON.stringify(event)).join('\n')}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
}

function nameOf({ id, at }: WithdrawalEvent): string {
  return `${id} ${at.toISOString()}`;
}
