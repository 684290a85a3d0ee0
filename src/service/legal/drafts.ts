import type { Statement } from '../../domain/drafts/attribute-rule.js';
import { type DraftedVerdict, decidingClasses, restrictingVerdicts, showsChild } from '../../domain/drafts/classes.js';
import { draftCyberTip } from '../../domain/drafts/cybertip.js';
import { validateCyberTip } from '../../domain/drafts/cybertip-check.js';
import type { CyberTipFacts } from '../../domain/drafts/cybertip-rules.js';
import { type DraftProblem, nameProblems } from '../../domain/drafts/problem.js';
import { draftStatement } from '../../domain/drafts/statement.js';
import { validateStatement } from '../../domain/drafts/statement-check.js';
import type { StatementFacts } from '../../domain/drafts/statement-rules.js';
import { writeXml } from '../../domain/drafts/xml.js';
import { uuidOfEntryId } from '../../domain/entry.js';
import { VigieError } from '../../domain/errors.js';
import type { Caller } from '../../domain/key.js';
import { isRemoval } from '../../domain/verdict.js';
import type { EntryStore } from '../../store/entries.js';

export interface LoggedVerdict extends DraftedVerdict {
  readonly requestId: string;
}

export interface LoggedVerdicts {
  get(organisation: string, requestId: string): Promise<LoggedVerdict | undefined>;
}

/** An authority's order not to tell the uploader overrides DSA article 17 until it expires. */
export interface SuppressReason {
  readonly author: string;
  readonly orderReference: string;
  readonly expiresAt: Date;
}

export interface StatementDraft {
  readonly requestId: string;
  readonly statement: Statement;
  /** False: tell neither the uploader nor the public database. */
  readonly mayInform: boolean;
  readonly suppressReason: SuppressReason | null;
}

/** Sends nothing and keeps nothing. */
export class Drafts {
  constructor(
    private readonly verdicts: LoggedVerdicts,
    private readonly entries: Pick<EntryStore, 'many'>,
    private readonly now: () => Date = () => new Date(),
  ) {}

  /** @throws VigieError `not_found`, `conflict`, `draft_incomplete`. */
  async statementOfReasons(
    caller: Caller,
    requestId: string,
    facts: StatementFacts,
    suppressReason: SuppressReason | undefined,
  ): Promise<StatementDraft> {
    const verdict = await this.restricting(caller, requestId);
    const statement = draftStatement(verdict, facts);
    const problems = validateStatement(statement, listsOf(verdict));
    if (suppressReason && suppressReason.expiresAt <= this.now()) {
      problems.push({
        field: 'suppressReason.expiresAt',
        rule: 'must be in the future; leave suppressReason out when the order has ended',
      });
    }
    refuse(problems);
    return { requestId, statement, mayInform: suppressReason === undefined, suppressReason: suppressReason ?? null };
  }

  /** Gives XML. @throws VigieError `not_found`, `conflict`, `draft_incomplete`. */
  async cyberTip(caller: Caller, requestId: string, facts: CyberTipFacts): Promise<string> {
    const verdict = await this.restricting(caller, requestId);
    const classes = decidingClasses(verdict.verdict, verdict.matches);
    if (!classes.some(showsChild)) {
      const shown = classes.join(', ') || 'unclassified';
      throw conflict(verdict, ` for ${shown} content, but the CyberTipline only takes reports of child sexual exploitation`);
    }
    const now = this.now();
    const draft = draftCyberTip(verdict, facts, now);
    const problems = validateCyberTip(draft, now);
    // A hold is only a machine's doubt.
    if (!isRemoval(verdict.verdict) && facts.file?.viewedByEsp !== true) {
      const rule = `must be true: the verdict is ${verdict.verdict}, so a person must view the file before you report it`;
      problems.push({ field: 'fileDetails.fileViewedByEsp', asked: 'file.viewedByEsp', rule });
    }
    refuse(problems);
    return writeXml(draft);
  }

  private async restricting({ organisation }: Caller, requestId: string): Promise<LoggedVerdict> {
    const verdict = await this.verdicts.get(organisation, requestId);
    if (!verdict) throw new VigieError('not_found', `your organisation has no logged verdict for request "${requestId}"`);
    if (!restrictingVerdicts.has(verdict.verdict)) throw conflict(verdict, ', which neither removes nor holds content');
    return { ...verdict, matches: await this.described(verdict) };
  }

  private async described({ matches }: LoggedVerdict): Promise<LoggedVerdict['matches']> {
    const uuids = matches.flatMap(({ entry }) => uuidOfEntryId(entry) ?? []);
    const entries = new Map((await this.entries.many([...new Set(uuids)])).map((entry) => [entry.id, entry]));
    return matches.map((match) => ({ ...match, synthetic: entries.get(match.entry)?.synthetic ?? false }));
  }
}

function conflict({ requestId, verdict }: LoggedVerdict, why: string): VigieError {
  return new VigieError('conflict', `the verdict on request "${requestId}" is ${verdict}${why}`);
}

function listsOf({ matches }: LoggedVerdict): string[] {
  return [...new Set(matches.map(({ list }) => list))];
}

function refuse(problems: readonly DraftProblem[]): void {
  if (problems.length > 0) throw new VigieError('draft_incomplete', nameProblems(problems));
}
