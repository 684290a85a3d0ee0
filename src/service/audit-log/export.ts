import type { Actor } from '../../domain/actor.js';
import type { AuditStore, SealedAct } from '../../store/audit.js';

/** `at` to `detail` are absent when the act's row was removed. */
export interface ExportedAct {
  readonly position: number;
  readonly id: number;
  /** UTC, to the microsecond. */
  readonly at?: string;
  readonly actor?: Actor;
  readonly act?: string;
  readonly subject?: string;
  readonly detail?: unknown;
  /** Hex. */
  readonly mac: string;
}

export function exportedAct({ position, actId: id, act: row, mac }: SealedAct): ExportedAct {
  const seal = Buffer.from(mac).toString('hex');
  if (!row) return { position, id, mac: seal };
  const { micros, person, organisation, key, via, act, subject, detail } = row;
  return {
    position,
    id,
    at: timeOf(micros),
    actor: { person, organisation, key, via },
    act,
    subject,
    detail: JSON.parse(detail),
    mac: seal,
  };
}

/** Shows a manipulated time as it is if no date can hold it. */
function timeOf(micros: string): string {
  const ms = Number(micros.slice(0, -3));
  if (!/^\d{4,}$/.test(micros) || ms > 8.64e15) return micros;
  return new Date(ms).toISOString().replace('Z', `${micros.slice(-3)}Z`);
}

export interface ActPage {
  readonly items: readonly ExportedAct[];
  readonly nextCursor: string | null;
}

export class AuditReader {
  constructor(private readonly audit: Pick<AuditStore, 'page'>) {}

  /** `cursor`: position of the last act already read. */
  async page({ cursor, limit }: { cursor?: string | undefined; limit: number }): Promise<ActPage> {
    const page = await this.audit.page(Number(cursor ?? 0), limit);
    const last = page.length === limit ? page.at(-1) : undefined;
    return { items: page.map(exportedAct), nextCursor: last ? String(last.position) : null };
  }
}
