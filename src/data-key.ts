/** The secret of the installation. Keys are derived by HKDF-SHA-256 (RFC 5869), without salt because the secret is random. */
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

export class DerivedKeys implements DataKey {
  constructor(private readonly secret: Uint8Array) {}

  derive(purpose: KeyPurpose): Uint8Array {
    return this.expand(purpose);
  }

  /** Identifies the secret without revealing it. */
  get fingerprint(): Uint8Array {
    return createHmac('sha256', this.expand('fingerprint')).update('vigie').digest();
  }

  private expand(info: string): Uint8Array {
    return new Uint8Array(hkdfSync('sha256', this.secret, '', `vigie ${info}`, secretBytes));
  }
}

export interface DataKeySource {
  readonly given: Uint8Array | undefined;
  readonly dataDir: string;
}

/** @throws DataKeyRefused if the key is missing or belongs to another database. */
export async function openDataKey(database: Database, { given, dataDir }: DataKeySource): Promise<DerivedKeys> {
  const file = join(dataDir, fileName);
  const secret = given ?? readSecret(file) ?? (await createFirst(database, file));
  const keys = new DerivedKeys(secret);
  if (await bindToKey(database, keys.fingerprint)) return keys;
  throw new DataKeyRefused(`${given ? 'VIGIE_DATA_KEY' : file} is not the data key of this database: ${wayOut}`);
}

const wayOut =
  `set VIGIE_DATA_KEY to the key of this database, or copy ${fileName} from the data directory of its first start. ` +
  'Nodes that share a PostgreSQL need the same key. A restored backup needs the data key it was written with';

/** A new secret for a database that already has one would hide that the right one is missing. */
async function createFirst(database: Database, file: string): Promise<Uint8Array> {
  if (!(await bindingOf(database))?.used) return createSecret(file);
  throw new DataKeyRefused(
    `the data key of this database is missing: VIGIE_DATA_KEY is not set and there is no ${file}; ${wayOut}`,
  );
}

function readSecret(file: string): Uint8Array | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8').trim();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  if (!/^[0-9a-f]{64}$/i.test(text)) throw new DataKeyRefused(`${file}: expected 64 hexadecimal digits; ${wayOut}`);
  return Buffer.from(text, 'hex');
}

/** The link makes the file appear complete, and the first of several processes wins. */
function createSecret(file: string): Uint8Array {
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
  if (!secret) throw new Error(`${file} was created and disappeared`);
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
