import type { Database } from './database.js';

export interface Lease {
  readonly node: string;
  /** Since when this node has held it without a break. */
  readonly since: Date;
}

// The second part does not see what the first has written, so exactly one of them has a row unless another node was faster.
const claim = `
  with claimed as (
    insert into job_lease (node, since, until)
    values ($1, clock_timestamp(), clock_timestamp() + $2 * interval '1 millisecond')
    on conflict (only_row) do update set node = excluded.node, until = excluded.until,
      since = case when job_lease.node = excluded.node and job_lease.until > clock_timestamp() then job_lease.since
        else excluded.since end
      where job_lease.node = excluded.node or job_lease.until <= clock_timestamp()
    returning node, since)
  select node, since from claimed
  union all select node, since from job_lease where not exists (select from claimed)`;
const release = 'update job_lease set until = clock_timestamp() where node = $1 and until > clock_timestamp()';
const selectHolder = 'select node, since from job_lease where until > clock_timestamp()';

export class JobLeaseStore {
  constructor(private readonly database: Database) {}

  /** Takes or renews the lease for `forMs` if it is free or this node's. Returns whose it is. */
  async claim(node: string, forMs: number): Promise<Lease | undefined> {
    const [lease] = await this.database.query<Lease & Record<string, unknown>>(claim, [node, forMs]);
    return lease;
  }

  async release(node: string): Promise<void> {
    await this.database.query(release, [node]);
  }

  async holder(): Promise<Lease | undefined> {
    const [lease] = await this.database.query<Lease & Record<string, unknown>>(selectHolder);
    return lease;
  }
}
