/** The services that clients of HMA can connect, with the names and fields that they know them by. */
import { VigieError } from '../../domain/errors.js';
import type { ExchangeKind } from '../../domain/exchange.js';

export interface ApiField {
  readonly name: string;
  readonly type: 'string' | 'number' | 'enum' | 'set_of_number';
  readonly required: boolean;
  readonly help: string;
  readonly choices?: readonly string[];
}

export interface ExchangeApi {
  readonly name: string;
  readonly kind: ExchangeKind;
  readonly config: readonly ApiField[];
  /** Null: it needs none. */
  readonly credentials: readonly ApiField[] | null;
  /** The names that `Exchange.credentials` has for them, in the same order. */
  readonly credentialNames: readonly string[];
  /** @throws VigieError `bad_request`. */
  settings(config: Readonly<Record<string, unknown>>): ApiSettings;
  /** The reverse of `settings`. */
  shown(settings: ApiSettings): Readonly<Record<string, unknown>>;
}

export interface ApiSettings {
  readonly baseUrl?: string;
  readonly options: Readonly<Record<string, string>>;
}

const secret = (name: string, help: string): ApiField => ({ name, type: 'string', required: true, help });
/** A client may choose among them, and name no other address: the service would send credentials and requests there. */
const ncmecAddresses = [
  'https://report.cybertip.org/hashsharing',
  'https://hashsharing.ncmec.org/npo',
  'https://exttest.cybertip.org/hashsharing',
  'https://hashsharing-test.ncmec.org/npo',
];

const apis: readonly ExchangeApi[] = [
  {
    name: 'fb_threatexchange',
    kind: 'threatexchange',
    config: [{ name: 'privacy_group', type: 'number', required: true, help: 'the privacy group that shares the signals' }],
    credentials: [secret('api_token', 'access token of the app: APP_ID|APP_SECRET')],
    credentialNames: ['accessToken'],
    settings: ({ privacy_group }) => ({ options: { privacyGroup: digits('privacy_group', privacy_group) } }),
    shown: ({ options }) => ({ privacy_group: Number(options.privacyGroup) }),
  },
  {
    name: 'ncmec',
    kind: 'ncmec',
    config: [
      { name: 'environment', type: 'enum', required: true, help: 'the database of NCMEC', choices: ncmecAddresses },
      { name: 'only_esp_ids', type: 'set_of_number', required: false, help: 'take only the entries of these members' },
    ],
    credentials: [secret('user', 'user name'), secret('password', 'password')],
    credentialNames: ['username', 'password'],
    settings: ({ environment, only_esp_ids }) => ({ baseUrl: ncmecAddress(environment), options: members(only_esp_ids) }),
    shown: ({ baseUrl, options }) => ({ environment: baseUrl, only_esp_ids: options.members?.split(',').map(Number) ?? [] }),
  },
  {
    name: 'sample',
    kind: 'sample',
    config: [],
    credentials: null,
    credentialNames: [],
    settings: () => ({ options: {} }),
    shown: () => ({}),
  },
  {
    name: 'stop_ncii',
    kind: 'stopncii',
    config: [],
    credentials: [secret('subscription_key', 'subscription key'), secret('fetch_function_key', 'function key to fetch hashes')],
    credentialNames: ['subscriptionKey', 'functionKey'],
    settings: () => ({ options: {} }),
    shown: () => ({}),
  },
];

export const exchangeApis: ReadonlyMap<string, ExchangeApi> = new Map(apis.map((api) => [api.name, api]));

function ncmecAddress(value: unknown): string {
  const text = typeof value === 'string' ? value.replace(/\/+$/, '') : '';
  if (ncmecAddresses.includes(text)) return text;
  throw new VigieError('bad_request', `Failed to parse \`api_json\` - environment must be one of ${ncmecAddresses.join(', ')}`);
}

function members(value: unknown): Record<string, string> {
  if (value === undefined || value === null) return {};
  if (!Array.isArray(value))
    throw new VigieError('bad_request', 'Failed to parse `api_json` - only_esp_ids must be a list of numbers');
  return value.length === 0 ? {} : { members: value.map((one: unknown) => digits('only_esp_ids', one)).join(',') };
}

function digits(name: string, value: unknown): string {
  const text = String(value);
  if (/^\d{1,30}$/.test(text)) return text;
  throw new VigieError('bad_request', `Failed to parse \`api_json\` - ${name} must be a number`);
}
