/** The settings: one schema, the only reader of the environment. README's table and `vigie config` print from it. */
import { availableParallelism } from 'node:os';
import { z } from 'zod';

const MiB = 1024 * 1024;

/** A whole number of `unit` between `min` and `max`, as environments write it. */
function whole(unit: string, fallback: number, min: number, max: number) {
  const message = `must be a whole number of ${unit} from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d{1,15}$/, message)
    .transform(Number)
    .refine((value) => value >= min && value <= max, message)
    .default(fallback);
}

const schema = z.object({
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must start with postgresql://')
    .optional()
    .describe('PostgreSQL >= 15 with pgvector; absent: an embedded database in VIGIE_DATA_DIR'),
  VIGIE_MIGRATION_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must start with postgresql://')
    .optional()
    .describe('the same PostgreSQL by the role that owns the tables; with it the role of DATABASE_URL cannot alter the audit'),
  VIGIE_HOST: z.string().min(1).default('127.0.0.1').describe('address the service listens on'),
  VIGIE_PORT: whole('ports', 8700, 0, 65535).describe('port of the API; 0 picks a free one'),
  VIGIE_OPS_PORT: whole('ports', 8701, 0, 65535).describe('port of /metrics, on loopback only; 0 picks a free one'),
  VIGIE_DATA_DIR: z
    .string()
    .min(1)
    .default('./.vigie')
    .describe(
      'directory of the embedded database, its socket, the index snapshot, the data key and the anchor of the audit, mode 0700',
    ),
  VIGIE_DATA_KEY: z
    .string()
    .regex(/^[0-9a-fA-F]{64}$/, 'must be 64 hex digits')
    .transform((hex) => Buffer.from(hex, 'hex'))
    .optional()
    .describe(
      '64 hex digits, the data key: for audit and tombstones, and seals the index snapshot; absent: secret.key in VIGIE_DATA_DIR',
    ),
  VIGIE_INDEX: z
    .enum(['memory', 'pgvector'])
    .default('memory')
    .describe('engine that answers matches: memory, or pgvector (exact <~> in the database)'),
  VIGIE_INDEX_MAX_AGE_MS: whole('milliseconds', 900_000, 1_000, 86_400_000).describe(
    'age of the index past which matching answers 503',
  ),
  VIGIE_AUDIT_QUERIES: whole('queries a minute', 4, 0, 600).describe(
    'queries a minute that the database answers again to check the memory index; 0 for none',
  ),
  VIGIE_DECODER: z
    .enum(['native', 'wasm'])
    .default('native')
    .describe('image decoder of the imaging processes: native, or wasm (slower; no native code sees an image)'),
  VIGIE_IMAGING_PROCESSES: whole('processes', availableParallelism(), 1, 64).describe(
    'imaging processes, one image at a time each',
  ),
  VIGIE_IMAGING_QUEUE: whole('images', 256, 1, 10_000).describe('images waiting for a process before 503'),
  VIGIE_IMAGE_TIMEOUT_MS: whole('milliseconds', 5_000, 100, 120_000).describe('time one image may take to decode'),
  VIGIE_IMAGE_MEMORY_MB: whole('megabytes', 1_024, 256, 65_536).describe('MiB of memory one image may take to decode (on Linux)'),
  VIGIE_MAX_IMAGE_BYTES: whole('bytes', 20 * MiB, 1_024, 1_024 * MiB).describe('largest image; more answers 413'),
  VIGIE_MAX_IMAGE_PIXELS: whole('pixels', 100_000_000, 25, 1_000_000_000).describe('pixels past which an image is unscannable'),
  VIGIE_VARIANTS: z
    .enum(['none', 'default', 'all'])
    .default('default')
    .describe('hashes beside the whole image: none, default (15 or 16 an entry, and 11 of regions), all (25 to 31, and 11)'),
  VIGIE_QUOTA_MINUTE: whole('matches', 0, 0, 2_147_483_647).describe(
    'matches a minute of a key that has no quota of its own, on each node; more answers 429; 0 for no limit',
  ),
  VIGIE_QUOTA_DAY: whole('matches', 0, 0, 2_147_483_647).describe('the same a day'),
  VIGIE_PROBES_ALERT: whole('hashes', 64, 0, 1_000).describe(
    'distinct near variants of one picture from one key within ten minutes that raise an alert; 0 for none',
  ),
  VIGIE_PROBES_BANDS: whole('hashes', 128, 0, 1_000).describe(
    'the same, from which the key is told bands instead of distances for an hour; 0 for none',
  ),
  VIGIE_MAX_BYTES_IN_FLIGHT: whole('bytes', 256 * MiB, 1_024, 64 * 1_024 * MiB).describe('bodies held at once before 503'),
  VIGIE_BODY_TIMEOUT_MS: whole('milliseconds', 15_000, 100, 600_000).describe('time a body may take to arrive before 408'),
  VIGIE_STOP_TIMEOUT_MS: whole('milliseconds', 10_000, 100, 600_000).describe('time each phase of a stop may take'),
  VIGIE_LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']).default('info').describe('least level logged'),
  VIGIE_KEY: z.string().optional().describe('API key the command line uses to reach a running server'),
});

export type Config = Readonly<z.output<typeof schema>>;

/** Settings whose values appear in no message and no listing. */
export const secretSettings: ReadonlySet<string> = new Set([
  'DATABASE_URL',
  'VIGIE_MIGRATION_URL',
  'VIGIE_DATA_KEY',
  'VIGIE_KEY',
]);

/** Every setting's name, in the order of the documentation. */
export const settingNames: readonly string[] = Object.keys(schema.shape);

export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

function unknownSetting(name: string): string {
  const injected = /^VIGIE_(SERVICE|PORT)_/.test(name)
    ? ' (Kubernetes injects such variables for a service named "vigie": set enableServiceLinks: false, or rename the service)'
    : '';
  return `${name} is not a setting${injected}; "vigie config" lists them`;
}

function invalidSetting(name: string, message: string, value: string | undefined): string {
  if (secretSettings.has(name)) return `${name} ${message}`;
  const hint = value?.startsWith('tcp://')
    ? ' (Kubernetes injects it for a service named "vigie": set enableServiceLinks: false)'
    : '';
  return `${name}=${value} ${message}${hint}`;
}

/**
 * Reads the settings from an environment.
 *
 * @throws ConfigError naming every setting that is unknown or invalid, with its limit; never the value of a secret one.
 */
export function loadConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const known = new Set(settingNames);
  const problems = Object.keys(env)
    .filter((name) => name.startsWith('VIGIE_') && !known.has(name))
    .map(unknownSetting);
  // An empty variable is how compose files and shells write "not set".
  const given = Object.fromEntries(Object.entries(env).filter(([name, value]) => known.has(name) && value !== ''));
  const parsed = schema.safeParse(given);
  if (!parsed.success) {
    problems.push(
      ...parsed.error.issues.map((issue) => {
        const name = String(issue.path[0]);
        return invalidSetting(name, issue.message, env[name]);
      }),
    );
  }
  if (problems.length > 0 || !parsed.success) throw new ConfigError(problems.join('\n'));
  return Object.freeze(parsed.data);
}

export interface SettingLine {
  readonly name: string;
  readonly fallback: string;
  readonly help: string;
}

/** The documentation of every setting, for README and `vigie config`. */
export function describeSettings(): SettingLine[] {
  const defaults = schema.parse({});
  return Object.entries(schema.shape).map(([name, type]) => ({
    name,
    fallback: name === 'VIGIE_IMAGING_PROCESSES' ? 'cores' : String(defaults[name as keyof Config] ?? ''),
    help: type.description ?? '',
  }));
}
