import { expect } from 'vitest';
import { z } from 'zod';
import { type Caller, commandLine } from '../../../src/domain/key.js';
import type { Feed } from '../../../src/service/feed/feed.js';

export const owner: Caller = { ...commandLine, key: 'testsanalyst', organisation: 'tests', role: 'analyst', person: 1 };
const never = new AbortController().signal;

const line = z.looseObject({ id: z.string(), sequence: z.number(), withdrawn: z.boolean().optional() });
const header = z.strictObject({
  feed: z.literal(1),
  list: z.string(),
  epoch: z.string(),
  from: z.string().nullable(),
  full: z.boolean(),
});
const ending = z.strictObject({
  end: z.literal(true),
  cursor: z.string(),
  records: z.number(),
  sequence: z.number(),
  drained: z.boolean(),
});
type Line = z.output<typeof line>;

/** Does what docs/api/feed.md tells a follower to do. */
export class Follower {
  readonly held = new Map<string, Line>();
  since: string | undefined;
  pages = 0;

  constructor(
    private readonly feed: Feed,
    private readonly list = 'known',
  ) {}

  async page(limit: number, waitMs = 0, gone = never): Promise<z.output<typeof ending> & { full: boolean; lines: Line[] }> {
    const texts: string[] = [];
    for await (const text of await this.feed.page(owner, { list: this.list, since: this.since, waitMs, limit, gone }))
      texts.push(text);
    const [first, ...rest] = texts
      .join('')
      .trim()
      .split('\n')
      .map((text) => JSON.parse(text));
    const head = header.parse(first);
    const end = ending.parse(rest.pop());
    const lines = rest.map((one) => line.parse(one));
    expect(head).toMatchObject({ list: this.list, from: this.since ?? null });
    expect(end.records).toBe(lines.length);
    expect(lines.length).toBeLessThanOrEqual(limit);
    for (const one of lines) {
      if (one.withdrawn) this.held.delete(one.id);
      else this.held.set(one.id, one);
    }
    this.since = end.cursor;
    this.pages++;
    return { ...end, full: head.full, lines };
  }

  async catchUp(limit = 5): Promise<void> {
    for (;;) if ((await this.page(limit)).drained) return;
  }

  get ids(): string[] {
    return [...this.held.keys()].sort();
  }
}
