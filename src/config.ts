/** The only reader of the environment. `vigie config` and the documentation print from it. */
import { isIP } from 'node:net';
import { availableParallelism } from 'node:os';
import { z } from 'zod';
import { type OptionalFormat, optionalFormats } from '../native-free-workers/image-task.js';
import { isRange } from './remote/addresses.js';

const MiB = 1024 * 1024;

function whole(fallback: number, min: number, max: number, unit = '') {
  const message = `expected a whole number${unit && ` of ${unit}`} from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d{1,15}$/, message)
    .transform(Number)
    .refine((value) => value >= min && value <= max, message)
    .default(fallback);
}

function oneOf<const Values extends readonly [string, ...string[]]>(values: Values) {
  return z.enum(values, { error: `expected one of ${values.join(', ')}` });
}

/** Names separated by commas. */
function someOf<Name extends string>(names: readonly Name[]) {
  return z
    .string()
    .transform((text) => text.split(',').map((name) => name.trim().toLowerCase()))
    .refine((given): given is Name[] => given.every((name) => names.some((known) => known === name)), {
      error: `expected some of ${names.join(', ')}, separated by commas`,
    })
    .default([]);
}

/** Address ranges in CIDR notation, separated by commas. With `addresses`, a single address is a range. */
function ranges(single?: 'addresses') {
  const expected = single ? 'addresses or ranges such as 10.20.0.1 or 10.20.0.0/16' : 'address ranges such as 10.20.0.0/16';
  return z
    .string()
    .transform((text) => text.split(',').map((range) => range.trim()))
    .transform((given) =>
      single ? given.map((text) => (isIP(text) === 0 ? text : `${text}/${isIP(text) === 4 ? 32 : 128}`)) : given,
    )
    .refine((given) => given.every(isRange), { error: `expected ${expected}, separated by commas` })
    .default([]);
}

const postgresUrl = () => z.string().regex(/^postgres(ql)?:\/\//, 'expected a URL that starts with postgresql://');

const schema = z.object({
  DATABASE_URL: postgresUrl()
    .optional()
    .describe('URL of a PostgreSQL (15 or later) with pgvector. Without it Vigie uses an embedded database in VIGIE_DATA_DIR.'),
  VIGIE_MIGRATION_URL: postgresUrl()
    .optional()
    .describe(
      'URL of the same PostgreSQL for the role that owns the tables. With it the role of DATABASE_URL cannot alter the audit log.',
    ),
  VIGIE_HOST: z.string().min(1, 'expected an address').default('127.0.0.1').describe('Address that the service listens on.'),
  VIGIE_PORT: whole(8700, 0, 65535).describe('Port of the API. 0 picks a free port.'),
  VIGIE_OPS_HOST: z
    .string()
    .min(1, 'expected an address')
    .default('127.0.0.1')
    .describe('Address of /metrics, which needs no key: never let strangers reach it.'),
  VIGIE_OPS_PORT: whole(8701, 0, 65535).describe('Port of /metrics. 0 picks a free port.'),
  VIGIE_DATA_DIR: z
    .string()
    .min(1, 'expected a directory')
    .default('./.vigie')
    .describe(
      'Directory (mode 0700) of the embedded database, its socket, the index snapshot, the journal of verdicts, the data key and the audit anchor.',
    ),
  VIGIE_DATA_KEY: z
    .string()
    .regex(/^[0-9a-fA-F]{64}$/, 'expected 64 hexadecimal digits')
    .transform((hex) => Buffer.from(hex, 'hex'))
    .optional()
    .describe(
      'Data key, 64 hexadecimal digits. It protects the audit log, tombstones and the index snapshot. ' +
        'Without it Vigie uses secret.key in VIGIE_DATA_DIR and does not encrypt the snapshot.',
    ),
  VIGIE_INDEX: oneOf(['memory', 'pgvector'])
    .default('memory')
    .describe('Engine that answers matches: memory, or pgvector (exact search in the database).'),
  VIGIE_INDEX_MAX_AGE_MS: whole(900_000, 1_000, 86_400_000, 'milliseconds').describe(
    'Maximum age of the index in milliseconds. Matching answers 503 while the index is older.',
  ),
  VIGIE_AUDIT_QUERIES: whole(4, 0, 600, 'queries').describe(
    'Queries per minute that the recall check repeats in the database to verify the memory index. 0 disables the check.',
  ),
  VIGIE_DECODER: oneOf(['native', 'wasm'])
    .default('native')
    .describe('Image decoder: native, or wasm (slower, but no native code reads an image).'),
  VIGIE_IMAGING_PROCESSES: whole(availableParallelism(), 1, 64, 'processes').describe(
    'Number of imaging processes. Each decodes one image at a time.',
  ),
  VIGIE_IMAGING_QUEUE: whole(256, 1, 10_000, 'images').describe(
    'Maximum number of images that wait for an imaging process. More answer 503.',
  ),
  VIGIE_IMAGE_TIMEOUT_MS: whole(5_000, 100, 120_000, 'milliseconds').describe(
    'Maximum time to decode one image, in milliseconds. An image that takes longer is unscannable.',
  ),
  VIGIE_IMAGE_MEMORY_MB: whole(1_024, 256, 65_536, 'MiB').describe(
    'Maximum memory to decode one image, in MiB (Linux only). An image that needs more is unscannable.',
  ),
  VIGIE_MAX_IMAGE_BYTES: whole(20 * MiB, 1_024, 1_024 * MiB, 'bytes').describe(
    'Maximum size of an image in bytes. A larger image answers 413.',
  ),
  VIGIE_MAX_IMPORT_BYTES: whole(4_096 * MiB, 1_024, 1_048_576 * MiB, 'bytes').describe(
    'Maximum size of an uploaded file of hashes in bytes, packed or not. A larger file answers 413.',
  ),
  VIGIE_MAX_IMAGE_PIXELS: whole(100_000_000, 25, 1_000_000_000, 'pixels').describe(
    'Maximum size of an image in pixels. A larger image is unscannable.',
  ),
  VIGIE_IMAGE_FORMATS_OFF: someOf<OptionalFormat>(optionalFormats).describe(
    `Image formats that are not decoded, separated by commas: ${optionalFormats.join(', ')}. Such an image is unscannable.`,
  ),
  VIGIE_VARIANTS: oneOf(['none', 'default', 'all'])
    .default('default')
    .describe(
      'Hashes per entry besides the hash of the whole image: none, default (15 or 16, plus 11 regions) or all (25 to 31, plus 11 regions).',
    ),
  VIGIE_QUOTA_MINUTE: whole(0, 0, 2_147_483_647, 'matches').describe(
    'Matches per minute on each node for a key without its own quota. More answer 429. 0 means no limit.',
  ),
  VIGIE_QUOTA_DAY: whole(0, 0, 2_147_483_647, 'matches').describe(
    'Matches per day on each node for a key without its own quota. More answer 429. 0 means no limit.',
  ),
  VIGIE_PROBES_ALERT: whole(64, 0, 1_000, 'hashes').describe(
    'Alert when one key sends this many distinct near variants of one picture within ten minutes. 0 disables the alert.',
  ),
  VIGIE_PROBES_BANDS: whole(128, 0, 1_000, 'hashes').describe(
    'Show bands instead of distances to a key, for one hour, after this many such variants. 0 disables this.',
  ),
  VIGIE_MAX_BYTES_IN_FLIGHT: whole(256 * MiB, 1_024, 64 * 1_024 * MiB, 'bytes').describe(
    'Maximum bytes of request bodies in memory at once. A key may hold half of what other keys leave. More answer 503.',
  ),
  VIGIE_BODY_TIMEOUT_MS: whole(15_000, 100, 600_000, 'milliseconds').describe(
    'Maximum time to receive a request body, in milliseconds. A slower body answers 408.',
  ),
  VIGIE_BODY_STALL_MS: whole(2_000, 100, 600_000, 'milliseconds').describe(
    'Time in milliseconds within which 4 096 bytes of a request body, or its rest, must arrive. A slower body answers 408.',
  ),
  VIGIE_MAX_CONNECTIONS: whole(4_096, 2, 1_000_000, 'connections').describe(
    'Maximum number of open connections. One address may hold half of what other addresses leave. More answer 503.',
  ),
  VIGIE_FETCH: oneOf(['off', 'on'])
    .default('off')
    .describe('Fetching of images by URL: on fetches from the hosts of `fetchesFrom` of each organisation, off fetches nothing.'),
  VIGIE_FETCH_TIMEOUT_MS: whole(15_000, 100, 120_000, 'milliseconds').describe(
    'Maximum time to fetch an image by URL, in milliseconds. A third of it without progress also ends the fetch.',
  ),
  VIGIE_FETCH_PRIVATE: ranges().describe(
    'Private address ranges that images may be fetched from, such as 10.20.0.0/16, separated by commas. None by default.',
  ),
  VIGIE_STOP_TIMEOUT_MS: whole(10_000, 100, 600_000, 'milliseconds').describe(
    'Maximum time for each phase of a shutdown, in milliseconds.',
  ),
  VIGIE_LOG_LEVEL: oneOf(['fatal', 'error', 'warn', 'info', 'debug', 'silent'])
    .default('info')
    .describe('Lowest level that is logged: fatal, error, warn, info, debug or silent.'),
  VIGIE_SESSION_IDLE_MINUTES: whole(15, 1, 720, 'minutes').describe(
    'Minutes without a request after which a person who signed in to the console must sign in again.',
  ),
  VIGIE_ACCESS_LOG: oneOf(['off', 'on'])
    .default('off')
    .describe(
      'Access log: on writes one line per request (method, route, status, milliseconds, request id, organisation), off writes none.',
    ),
  VIGIE_HELP_PAGE: oneOf(['on', 'off'])
    .default('on')
    .describe(
      'Page for people who are in a picture: on, or off (no case can be opened; open ones can still be withdrawn over HTTP).',
    ),
  VIGIE_CASE_DAYS: whole(90, 1, 3_650, 'days').describe('Days after which a closed case is deleted.'),
  VIGIE_TRUSTED_PROXIES: ranges('addresses').describe(
    'Addresses or ranges of proxies in front of Vigie, separated by commas. ' +
      'From them the limits of cases take the address of the client out of X-Forwarded-For.',
  ),
  VIGIE_HELP_PATH: z
    .string()
    .regex(/^(\/[\w-]+)+$/, 'expected a path such as /help-me')
    .default('/help-me')
    .describe('Path of the page for people who are in a picture.'),
  VIGIE_HELP_TEXTS: z
    .string()
    .min(1, 'expected a path')
    .optional()
    .describe(
      'JSON file with the helplines of that page, and where its quick exit leads. Without it: France, and a few for everybody.',
    ),
  VIGIE_HMA_API: oneOf(['on', 'off'])
    .default('on')
    .describe('API of HMA (Hasher-Matcher-Actioner) for its clients: on, or off (it answers 501).'),
  VIGIE_HMA_HOST: z
    .string()
    .min(1, 'expected an address')
    .default('127.0.0.1')
    .describe('Address of VIGIE_HMA_PORT, which asks for no key: never let strangers reach it.'),
  VIGIE_HMA_PORT: whole(0, 0, 65535)
    .unwrap()
    .optional()
    .describe(
      'Second port, with the HMA API only, for clients that can send no key. 0 picks a free port. Without it there is none.',
    ),
  VIGIE_HMA_KEY: z
    .string()
    .regex(/^vig_[0-9a-z]{12}_[0-9a-f]{64}$/, 'expected an API key: vig_<id>_<secret>')
    .optional()
    .describe('API key that every request on VIGIE_HMA_PORT acts with: of role platform.'),
  VIGIE_KEY: z.string().optional().describe('API key that the command line acts with.'),
});

export type Config = Readonly<z.output<typeof schema>>;

/** Their values never appear in a message or listing. */
export const secretSettings: ReadonlySet<string> = new Set([
  'DATABASE_URL',
  'VIGIE_MIGRATION_URL',
  'VIGIE_DATA_KEY',
  'VIGIE_HMA_KEY',
  'VIGIE_KEY',
]);

export const settingNames: readonly string[] = Object.keys(schema.shape);

export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

function unknownSetting(name: string): string {
  const injected = /^VIGIE_(SERVICE|PORT)_/.test(name)
    ? ' (Kubernetes injects such variables for a service named "vigie": set enableServiceLinks: false, or rename the service)'
    : '';
  return `${name} is not a setting${injected}; "vigie config" lists all settings`;
}

function invalidSetting(name: string, message: string, value: string | undefined): string {
  if (secretSettings.has(name)) return `${name}: ${message}`;
  const hint = value?.startsWith('tcp://')
    ? ' (Kubernetes injects it for a service named "vigie": set enableServiceLinks: false)'
    : '';
  return `${name}=${value}: ${message}${hint}`;
}

/** @throws ConfigError that names every unknown or invalid setting, one per line. */
export function loadConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const known = new Set(settingNames);
  const problems = Object.keys(env)
    .filter((name) => name.startsWith('VIGIE_') && !known.has(name))
    .map(unknownSetting);
  // Compose files and shells write "not set" as an empty variable.
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
  if (parsed.data?.VIGIE_HMA_PORT !== undefined && parsed.data.VIGIE_HMA_KEY === undefined)
    problems.push('VIGIE_HMA_PORT needs VIGIE_HMA_KEY: the API key that its requests act with');
  if (problems.length > 0 || !parsed.success) throw new ConfigError(problems.join('\n'));
  return Object.freeze(parsed.data);
}

export interface SettingLine {
  readonly name: string;
  readonly fallback: string;
  readonly help: string;
}

export function describeSettings(): SettingLine[] {
  const defaults = schema.parse({});
  return Object.entries(schema.shape).map(([name, type]) => ({
    name,
    fallback: name === 'VIGIE_IMAGING_PROCESSES' ? 'cores' : String(defaults[name as keyof Config] ?? ''),
    help: type.description ?? '',
  }));
}
