import type { Role } from '../../domain/key.js';
import type { AuditStore } from '../../store/audit.js';
import type { BackupRecordStore } from '../../store/backup-record.js';
import type { KeyStore } from '../../store/keys.js';
import type { LegalRequestStore } from '../../store/legal-requests.js';
import type { KeyRefusals, NodeStore, SeenNode } from '../../store/nodes.js';
import { type TrafficSeries, trafficSeries } from './traffic.js';

export interface OperationsParts {
  readonly nodes: Pick<NodeStore, 'nodes' | 'traffic' | 'refusals'>;
  readonly audit: Pick<AuditStore, 'pending' | 'lastSealedAt'>;
  readonly backups: Pick<BackupRecordStore, 'last'>;
  readonly keys: Pick<KeyStore, 'nearExpiry'>;
  readonly legalRequests: Pick<LegalRequestStore, 'counts'>;
}

interface Waiting {
  readonly open: number;
  readonly overdue: number;
}

/** How the installation is. */
export interface Overview {
  readonly at: string;
  readonly nodes: readonly NodeView[];
  readonly audit: { readonly unsealed: number; readonly anchorAgeSeconds: number; readonly lastSealedAt: string | null };
  readonly probing: { readonly alerts: number; readonly limitedKeys: number };
  readonly canaryMatches: number;
  readonly backup: { readonly takenAt: string | null; readonly ageSeconds: number | null };
  readonly keysNearExpiry: readonly { id: string; organisation: string; role: Role; expiresAt: string }[];
  readonly orders: Waiting;
  readonly notices: Waiting;
  readonly refusals: readonly KeyRefusals[];
}

export interface NodeView {
  readonly node: string;
  readonly startedAt: string;
  readonly seenAt: string;
  readonly ready: boolean;
  readonly why: string | null;
  readonly index: { readonly hashes: number; readonly ageMs: number };
  readonly queues: { readonly images: number; readonly searches: number; readonly verdicts: number };
  readonly leads: boolean;
}

const expiryDays = 30;
const shownRefusals = 50;

export class Operations {
  constructor(private readonly parts: OperationsParts) {}

  async overview(): Promise<Overview> {
    const { nodes, audit, backups, keys, legalRequests } = this.parts;
    const now = new Date();
    const seen = await nodes.nodes();
    const alive = seen.filter(({ isAlive }) => isAlive);
    const backup = await backups.last();
    const { order, notice } = await legalRequests.counts(now.getTime());
    const expiring = await keys.nearExpiry(expiryDays);
    return {
      at: now.toISOString(),
      nodes: seen.map(viewOf),
      audit: {
        unsealed: await audit.pending(),
        anchorAgeSeconds: largest(alive, ({ anchorAgeSeconds }) => anchorAgeSeconds),
        lastSealedAt: (await audit.lastSealedAt())?.toISOString() ?? null,
      },
      probing: {
        alerts: sum(alive, ({ probingAlerts }) => probingAlerts),
        // The nodes share them.
        limitedKeys: largest(alive, ({ limitedKeys }) => limitedKeys),
      },
      canaryMatches: sum(alive, ({ canaryMatches }) => canaryMatches),
      backup: { takenAt: backup?.takenAt.toISOString() ?? null, ageSeconds: backup?.ageSeconds ?? null },
      keysNearExpiry: expiring.map(({ expiresAt, ...key }) => ({ ...key, expiresAt: expiresAt.toISOString() })),
      orders: order,
      notices: notice,
      refusals: await nodes.refusals(shownRefusals),
    };
  }

  traffic(hours: number): Promise<TrafficSeries> {
    return trafficSeries(this.parts.nodes, hours, Date.now());
  }
}

function viewOf({ node, startedAt, seenAt, why, leads, ...state }: SeenNode): NodeView {
  const { indexHashes, indexAgeMs, imagesQueued, searchesQueued, verdictsPending } = state;
  return {
    node,
    startedAt: startedAt.toISOString(),
    seenAt: seenAt.toISOString(),
    ready: why === null,
    why,
    index: { hashes: indexHashes, ageMs: indexAgeMs },
    queues: { images: imagesQueued, searches: searchesQueued, verdicts: verdictsPending },
    leads,
  };
}

function sum(nodes: readonly SeenNode[], of: (node: SeenNode) => number): number {
  return nodes.reduce((total, node) => total + of(node), 0);
}

function largest(nodes: readonly SeenNode[], of: (node: SeenNode) => number): number {
  return Math.max(0, ...nodes.map(of));
}
