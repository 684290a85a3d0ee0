/** A file of hashes that leaves a list. */
export const exportStates = ['waiting', 'ready', 'expired', 'cancelled'] as const;
export type ExportState = (typeof exportStates)[number];

export const downloadStates = ['sending', 'complete', 'broken'] as const;
export type DownloadState = (typeof downloadStates)[number];

/** What was sent, and what the format could not carry. */
export interface ExportReceipt {
  readonly entries: number;
  readonly hashes: number;
  readonly canaries: number;
  /** Entries without any hash that the format can carry. */
  readonly leftOut: number;
  /** Entries that lost a field or a hash, by the name of what they lost. */
  readonly losses: Readonly<Record<string, number>>;
  readonly bytes: number;
  /** Hex, of the file as it was sent. Null: it was not sent to the end. */
  readonly sha256: string | null;
}

export const emptyReceipt: ExportReceipt = {
  entries: 0,
  hashes: 0,
  canaries: 0,
  leftOut: 0,
  losses: {},
  bytes: 0,
  sha256: null,
};

export interface ExportDownload {
  readonly person: number | null;
  readonly state: DownloadState;
  readonly receipt: ExportReceipt;
  readonly begunAt: string;
  readonly endedAt: string | null;
}

export interface ExportRequest {
  readonly list: string;
  readonly format: string;
  /** Of the codes, for a format that has several. */
  readonly scheme: string | null;
  readonly recipient: string;
  readonly purpose: string;
  /** Public key of the recipient in the format of age. */
  readonly ageKey: string | null;
  readonly canaries: number;
}

export interface Export extends ExportRequest {
  readonly id: string;
  readonly organisation: string | null;
  /** The person who asked. */
  readonly person: number | null;
  readonly stored: 'waiting' | 'ready' | 'cancelled';
  readonly confirmedBy: number | null;
  readonly madeAt: Date;
  readonly confirmedAt: Date | null;
  /** Newest first. */
  readonly downloads: readonly ExportDownload[];
}

const hourMs = 3_600_000;
const waitingHours = 72;
const readyHours = 24;
export const maxCanaries = 20;
export const maxDownloads = 10;

/** When its state ends by itself, in ms. */
export function endOf({ stored, madeAt, confirmedAt }: Pick<Export, 'stored' | 'madeAt' | 'confirmedAt'>): number {
  return stored === 'waiting'
    ? madeAt.getTime() + waitingHours * hourMs
    : (confirmedAt ?? madeAt).getTime() + readyHours * hourMs;
}

export function stateOf(one: Pick<Export, 'stored' | 'madeAt' | 'confirmedAt'>, now: number): ExportState {
  return one.stored !== 'cancelled' && now >= endOf(one) ? 'expired' : one.stored;
}

const publicId = /^exp_[0-9a-f]{32}$/;

/** `exp_` and the 32 hex digits of its UUID. */
export function exportIdOf(uuid: string): string {
  return `exp_${uuid.replaceAll('-', '')}`;
}

/** Undefined when the text is not the id of an export. */
export function uuidOfExportId(id: string): string | undefined {
  if (!publicId.test(id)) return undefined;
  const hex = id.slice(4);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** What a caller sees of an export. */
export function shownExport(one: Export, now = Date.now()) {
  const { list, organisation, format, scheme, recipient, purpose, ageKey, canaries, person, confirmedBy } = one;
  const state = stateOf(one, now);
  return {
    id: exportIdOf(one.id),
    ...{ list, organisation, format, scheme, recipient, purpose },
    age: ageKey,
    ...{ canaries, state },
    by: person,
    confirmedBy,
    madeAt: one.madeAt.toISOString(),
    confirmedAt: one.confirmedAt?.toISOString() ?? null,
    until: state === 'cancelled' ? null : new Date(endOf(one)).toISOString(),
    downloads: one.downloads.map(({ person: by, state: sent, receipt, begunAt, endedAt }) => ({
      ...{ by, state: sent, begunAt, endedAt },
      receipt: { ...receipt, losses: { ...receipt.losses } },
    })),
  };
}
