/** The anchor file holds ends of the audit chain, outside the database: one line of JSON each. */
import { open, readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Seal } from '../../store/audit.js';

const line = z.strictObject({
  position: z.number().int().positive(),
  mac: z.string().regex(/^[0-9a-f]{64}$/),
  at: z.iso.datetime(),
});

/** `mac`: hex. */
export type Anchor = z.output<typeof line>;

export interface Anchors {
  readonly anchors: readonly Anchor[];
  /** Line numbers, from 1. */
  readonly unreadable: readonly number[];
}

/** Resolves once the line is on the disk. */
export async function appendAnchor(path: string, { position, mac }: Seal, at: Date): Promise<void> {
  const file = await open(path, 'a+', 0o600);
  try {
    const { size } = await file.stat();
    const last = size > 0 ? (await file.read(Buffer.alloc(1), 0, 1, size - 1)).buffer.toString() : '\n';
    const anchor: Anchor = { position, mac: Buffer.from(mac).toString('hex'), at: at.toISOString() };
    // A power failure may have cut the last line.
    await file.appendFile(`${last === '\n' ? '' : '\n'}${JSON.stringify(anchor)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Undefined when there is no such file. Hourly lines make 1 MB per year. */
export async function readAnchors(path: string): Promise<Anchors | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const anchors: Anchor[] = [];
  const unreadable: number[] = [];
  text.split('\n').forEach((one, at) => {
    const anchor = one.trim() ? anchorOf(one) : undefined;
    if (anchor) anchors.push(anchor);
    else if (one.trim()) unreadable.push(at + 1);
  });
  return { anchors, unreadable };
}

function anchorOf(text: string): Anchor | undefined {
  try {
    return line.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
