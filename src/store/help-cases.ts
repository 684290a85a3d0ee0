import { v7 as uuidv7 } from 'uuid';
import { type Actor, system } from '../domain/actor.js';
import { claimIdOf, entryIdOf, uuidOfClaimId, uuidOfEntryId } from '../domain/entry.js';
import type { CaseFileState, HelpCase } from '../domain/help-case.js';
import { commandLine } from '../domain/key.js';
import { appendAct } from './audit.js';
import type { Database, Queryable } from './database.js';

export interface NewHelpCase {
  readonly id: string;
  /** Keyed hash of the number. */
  readonly numberMark: Uint8Array;
  readonly salt: Uint8Array;
  readonly pinHash: Uint8Array;
  readonly language: string | null;
  /** Encrypted. */
  readonly appearance: Uint8Array | null;
  /** Of the claims, one per file. */
  readonly references: readonly string[];
}

export interface StoredHelpCase {
  readonly id: string;
  readonly salt: Buffer;
  readonly pinHash: Buffer;
  readonly openedAt: Date;
  /** Of each file that no answer tells of yet. */
  readonly pending: readonly { readonly file: number; readonly reference: string }[];
}

export type Settled =
  | { readonly state: 'listed'; readonly entry: string; readonly claim: string }
  | { readonly state: 'refused' }
  | { readonly state: 'same'; readonly sameAs: number };

/** A file that still matches for the case. */
export interface ListedFile {
  readonly file: number;
  readonly entry: string;
  readonly claim: string;
}

interface FileRow {
  file: number;
  state: CaseFileState;
  same_as: number | null;
  held: number;
  removed: number;
}

const insertCase = `
  insert into help_case (id, number_mark, salt, pin_hash, language, appearance, assisted_by) values ($1, $2, $3, $4, $5, $6, $7)
  on conflict (number_mark) do nothing returning id`;
const insertFiles = `
  insert into help_case_file (help_case, file, reference, state)
  select $1, u.file, u.reference, 'pending' from unnest($2::text[]) with ordinality as u (reference, file)`;
const selectCase = `
  select c.id, c.salt, c.pin_hash as "pinHash", c.opened_at as "openedAt", (
    select coalesce(json_agg(json_build_object('file', f.file, 'reference', f.reference) order by f.file), '[]')
    from help_case_file f where f.help_case = c.id and f.state = 'pending') as pending
  from help_case c where c.number_mark = $1`;
const settleFile = `
  update help_case_file set state = $3, same_as = $4, entry = $5, claim = $6 where help_case = $1 and file = $2 and state = 'pending'
  returning file`;
const selectClaim = 'select from help_case_file where help_case = $1 and file = $2 and claim is not distinct from $3';
const selectTimes = 'select opened_at, closed_at from help_case where id = $1';
const stillStands = "c.ended_at is null and e.status <> 'withdrawn'";
// At once only if somebody confirmed it after the claim: a stranger with a copy must not learn that the picture was listed before.
const isTold = `
  (c.made_at < now() - interval '1 day' or exists (select from confirmation k where k.entry = e.id and k.at > c.made_at))`;
const selectFiles = `
  select f.file, f.same_as, coalesce(v.held, 0) as held, coalesce(v.removed, 0) as removed,
    case when f.state in ('refused', 'same') then f.state when f.state = 'pending' then 'checking'
      when f.state = 'withdrawn' or not coalesce(${stillStands}, false) then 'withdrawn'
      when e.status = 'verified' and ${isTold} then 'active' else 'checking' end as state
  from help_case_file f
  join help_case h on h.id = f.help_case
  left join entry e on e.id = f.entry
  left join claim c on c.entry = f.entry and c.id = f.claim
  left join lateral (
    select count(*) filter (where removed_at >= h.opened_at)::int as removed,
      count(*) filter (where held_at >= h.opened_at and (removed_at is null or removed_at < h.opened_at))::int as held
    from help_case_verdict m where m.entry = f.entry and m.organisation <> $2) v on true
  where f.help_case = $1 order by f.file`;
// A file that is the same as another is withdrawn with it.
const selectListed = `
  select distinct o.file, o.entry, o.claim from help_case_file f
  join help_case_file o on o.help_case = f.help_case and o.file = coalesce(f.same_as, f.file)
  where f.help_case = $1 and ($2::int2[] is null or f.file = any($2)) and o.state = 'listed' order by o.file`;
const endFiles = "update help_case_file set state = 'withdrawn' where help_case = $1 and file = any($2::int2[])";
const openFile = `
  select from help_case_file f left join claim c on c.entry = f.entry and c.id = f.claim left join entry e on e.id = f.entry
  where f.help_case = h.id and (f.state = 'pending' or (f.state = 'listed' and ${stillStands}))`;
const closeOne = `
  update help_case h set closed_at = now() where h.id = $1 and h.closed_at is null and not exists (${openFile})`;
// Others may have withdrawn the entries.
const closeEnded = `
  update help_case h set closed_at = now() where h.id = any(array(
    select h.id from help_case h where h.closed_at is null and not exists (${openFile}) limit $1)) returning 1`;
// And may restore them. A case that was deleted meanwhile could not be withdrawn any more.
const reopenRestored = `
  update help_case h set closed_at = null where h.id = any(array(
    select h.id from help_case h where h.closed_at is not null and exists (${openFile}) limit $1)) returning 1`;
const countRecent = `
  select count(*)::int as count from help_case where opened_at > now() - $1 * interval '1 second' and assisted_by is null`;
const deleteClosed = `
  delete from help_case where id = any(array(
    select id from help_case where closed_at <= now() - $2 * interval '1 day' limit $1)) returning 1`;
const deleteVerdicts = `
  delete from help_case_verdict where ctid = any(array(
    select v.ctid from help_case_verdict v where not exists (select from help_case_file f where f.entry = v.entry)
      and coalesce(v.held_at, v.removed_at) < now() - interval '1 day' limit $1)) returning 1`;

export class HelpCaseStore {
  constructor(private readonly database: Database) {}

  /** With files that wait to be enrolled. False: a case with this number exists. */
  open(given: NewHelpCase, actor: Actor): Promise<boolean> {
    const { id, numberMark, salt, pinHash, language, appearance, references } = given;
    const secret = [numberMark, salt, pinHash].map((bytes) => Buffer.from(bytes));
    return this.database.transaction(async (tx) => {
      const rest = [language, appearance && Buffer.from(appearance), actor.organisation];
      const [created] = await tx.query(insertCase, [id, ...secret, ...rest]);
      if (!created) return false;
      await tx.query(insertFiles, [id, references]);
      await appendAct(tx, { actor, act: 'case.open', subject: caseIdOf(id), detail: { files: references.length } });
      return true;
    });
  }

  async find(numberMark: Uint8Array): Promise<StoredHelpCase | undefined> {
    const [row] = await this.database.query<StoredHelpCase & Record<string, unknown>>(selectCase, [Buffer.from(numberMark)]);
    return row;
  }

  /** No effect on a file that is settled already. False: in another way, or with another claim. */
  async settle(id: string, file: number, settled: Settled): Promise<boolean> {
    const sameAs = settled.state === 'same' ? settled.sameAs : null;
    const [entry, claim] =
      settled.state === 'listed' ? [uuidOfEntryId(settled.entry) ?? null, uuidOfClaimId(settled.claim) ?? null] : [null, null];
    const done = await this.database.query(settleFile, [id, file, settled.state, sameAs, entry, claim]);
    return done.length > 0 || (await this.database.query(selectClaim, [id, file, claim])).length > 0;
  }

  /** A case of which no file was listed is closed at once. */
  async closeIfEnded(id: string): Promise<void> {
    await this.database.query(closeOne, [id]);
  }

  async read(id: string): Promise<HelpCase> {
    const [times] = await this.database.query<{ opened_at: Date; closed_at: Date | null }>(selectTimes, [id]);
    const rows = await this.database.query<FileRow & Record<string, unknown>>(selectFiles, [id, commandLine.organisation]);
    const files = rows.map(({ file, state, same_as, held, removed }) => {
      return { file, state, ...(same_as !== null && { sameAs: same_as }), platforms: { held, removed } };
    });
    const isOpen = files.some((one) => one.state === 'checking' || one.state === 'active');
    return { openedAt: times?.opened_at ?? new Date(0), closedAt: isOpen ? null : (times?.closed_at ?? null), files };
  }

  /** `files` undefined: all. */
  async listed(id: string, files: readonly number[] | undefined): Promise<ListedFile[]> {
    const rows = await this.database.query<{ file: number; entry: string; claim: string }>(selectListed, [id, files ?? null]);
    return rows.map(({ file, entry, claim }) => ({ file, entry: entryIdOf(entry), claim: claimIdOf(claim) }));
  }

  end(id: string, files: readonly number[]): Promise<void> {
    return this.database.transaction(async (tx: Queryable) => {
      await tx.query(endFiles, [id, files]);
      await tx.query(closeOne, [id]);
      await appendAct(tx, { actor: system, act: 'case.withdraw', subject: caseIdOf(id), detail: { files } });
    });
  }

  /** Cases that people opened by themselves in the last seconds. */
  async countRecent(seconds: number): Promise<number> {
    const [row] = await this.database.query<{ count: number }>(countRecent, [seconds]);
    return row?.count ?? 0;
  }

  /** Deletes cases that have been closed for `days`, and returns their number. */
  async purge(limit: number, days: number): Promise<number> {
    await this.database.query(closeEnded, [limit]);
    while ((await this.database.query(reopenRestored, [limit])).length >= limit);
    await this.database.query(deleteVerdicts, [limit]);
    return (await this.database.query(deleteClosed, [limit, days])).length;
  }
}

export function newCaseId(): string {
  return uuidv7();
}

/** `cas_` + the 32 hex digits of the UUID: for the audit log. It has nothing to do with the number. */
function caseIdOf(uuid: string): string {
  return `cas_${uuid.replaceAll('-', '')}`;
}
