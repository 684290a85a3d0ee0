/** The file outside the database that remembers how far the chain had come: lines of JSON, only ever added to. */
import { open, readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Seal } from '../../store/audit.js';

const line = z.strictObject({
  position: z.number().int().positive(),
  mac: z.string().regex(/^[0-9a-f]{64}$/),
  at: z.iso.datetime(),
});

/** A link of the chain that stood at `at`; `mac` in hex. */
export type Anchor = z.output<typeof line>;

export interface Anchors {
  readonly anchors: readonly Anchor[];
  /** Numbers of lines that are none, from 1. */
  readonly unreadable: readonly number[];
}

/** Adds a link; resolves when the disk has it. */
export async function appendAnchor(path: string, { position, mac }: Seal, at: Date): Promise<void> {
  const file = await open(path, 'a+', 0o600);
  try {
    const { size } = await file.stat();
    const last = size > 0 ? (await file.read(Buffer.alloc(1), 0, 1, size - 1)).buffer.toString() : '\n';
    const anchor: Anchor = { position, mac: Buffer.from(mac).toString('hex'), at: at.toISOString() };
    // A power failure may have cut the last line: this one must not become part of it.
    await file.appendFile(`${last === '\n' ? '' : '\n'}${JSON.stringify(anchor)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** All anchors, in the order of the file; undefined when there is no such file. An hourly line makes 1 MB a year. */
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
