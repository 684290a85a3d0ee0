/** The installation's secret: VIGIE_DATA_KEY, or a file in the data directory that the first start makes. Never in the database. */
import { createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DataKey, KeyPurpose } from './domain/data-key.js';
import { bindingOf, bindToKey } from './store/data-key-binding.js';
import type { Database } from './store/database.js';

export class DataKeyRefused extends Error {
  override readonly name = 'DataKeyRefused';
}

const secretBytes = 32;
const fileName = 'secret.key';

/** Keys of one secret, by HKDF-SHA-256 (RFC 5869) without salt: the secret is random already. */
export class DerivedKeys implements DataKey {
  constructor(private readonly secret: Uint8Array) {}

  derive(purpose: KeyPurpose): Uint8Array {
    return this.expand(purpose);
  }

  /** Tells this secret from others, and nothing else of it. */
  get fingerprint(): Uint8Array {
    return createHmac('sha256', this.expand('fingerprint')).update('vigie').digest();
  }

  private expand(info: string): Uint8Array {
    return new Uint8Array(hkdfSync('sha256', this.secret, '', `vigie ${info}`, secretBytes));
  }
}

export interface DataKeySource {
  /** VIGIE_DATA_KEY. */
  readonly given: Uint8Array | undefined;
  readonly dataDir: string;
}

/**
 * Opens the data key of a database, and makes it at the first start.
 *
 * @throws DataKeyRefused when the database belongs to another key, or its key is not here.
 */
export async function openDataKey(database: Database, { given, dataDir }: DataKeySource): Promise<DerivedKeys> {
  const file = join(dataDir, fileName);
  const secret = given ?? readSecret(file) ?? (await makeFirst(database, file));
  const keys = new DerivedKeys(secret);
  if (await bindToKey(database, keys.fingerprint)) return keys;
  throw new DataKeyRefused(`the data key of ${given ? 'VIGIE_DATA_KEY' : file} is not that of this database: ${wayOut}`);
}

const wayOut =
  `set VIGIE_DATA_KEY to the 64 hex digits it was set up with, or copy the ${fileName} of its first data directory here. ` +
  'Nodes that share a PostgreSQL need the same key, and a restored backup needs the key it was written under';

/** A new secret beside a database that belongs to another would only be in the way of the right one. */
async function makeFirst(database: Database, file: string): Promise<Uint8Array> {
  if (!(await bindingOf(database))?.used) return makeSecret(file);
  throw new DataKeyRefused(
    `this database belongs to a data key, but VIGIE_DATA_KEY is not set and there is no ${file}: ${wayOut}`,
  );
}

/** 64 hex digits, as VIGIE_DATA_KEY takes them. */
function readSecret(file: string): Uint8Array | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8').trim();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  if (!/^[0-9a-f]{64}$/i.test(text)) throw new DataKeyRefused(`${file} does not hold 64 hex digits: ${wayOut}`);
  return Buffer.from(text, 'hex');
}

/** Whole or not at all, and the same for all processes that come at once: who links its draft first has made it. */
function makeSecret(file: string): Uint8Array {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  try {
    writeDurably(draft, `${randomBytes(secretBytes).toString('hex')}\n`);
    linkSync(draft, file);
    syncDirectory(dirname(file));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  const secret = readSecret(file);
  if (!secret) throw new Error(`${file} was made and is gone again`);
  return secret;
}

function writeDurably(file: string, text: string): void {
  const descriptor = openSync(file, 'wx', 0o600);
  try {
    writeSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function syncDirectory(directory: string): void {
  const descriptor = openSync(directory, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
