import type { Actor } from '../../domain/actor.js';
import type { AuditStore, SealedAct } from '../../store/audit.js';

/** A sealed act as auditors read it. Where the row is gone, `actor` to `detail` are absent. */
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

/** A time that somebody put out of all bounds is shown as it is. */
function timeOf(micros: string): string {
  const ms = Number(micros.slice(0, -3));
  if (!/^\d{4,}$/.test(micros) || ms > 8.64e15) return micros;
  return new Date(ms).toISOString().replace('Z', `${micros.slice(-3)}Z`);
}

export interface ActPage {
  readonly items: readonly ExportedAct[];
  /** The position to go on behind; null at the end. */
  readonly nextCursor: string | null;
}

/** What auditors read over HTTP. */
export class AuditReader {
  constructor(private readonly audit: Pick<AuditStore, 'page'>) {}

  /** Sealed acts behind the position `cursor`, at most `limit`. */
  async page({ cursor, limit }: { cursor?: string | undefined; limit: number }): Promise<ActPage> {
    const page = await this.audit.page(Number(cursor ?? 0), limit);
    const last = page.length === limit ? page.at(-1) : undefined;
    return { items: page.map(exportedAct), nextCursor: last ? String(last.position) : null };
  }
}
