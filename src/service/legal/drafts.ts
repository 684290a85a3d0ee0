/** Drafts of what a platform has to send after a verdict. Nothing is sent and nothing is kept: a draft is answered and forgotten. */
import { decidingClasses, restrictingVerdicts, showsChild } from '../../domain/drafts/classes.js';
import { type CyberTipFacts, draftCyberTip } from '../../domain/drafts/cybertip.js';
import { validateCyberTip } from '../../domain/drafts/cybertip-check.js';
import { type DraftProblem, nameProblems } from '../../domain/drafts/problem.js';
import { draftStatement, type StatementFacts } from '../../domain/drafts/statement.js';
import { validateStatement } from '../../domain/drafts/statement-check.js';
import type { Statement } from '../../domain/drafts/statement-rules.js';
import { writeXml } from '../../domain/drafts/xml.js';
import { VigieError } from '../../domain/errors.js';
import type { Caller } from '../../domain/key.js';
import { isRemoval, type Match, type VerdictName } from '../../domain/verdict.js';

/** A verdict as the log has it. */
export interface LoggedVerdict {
  readonly requestId: string;
  readonly verdict: VerdictName;
  readonly matches: readonly Match[];
  readonly answeredAt: Date;
}

/** The log of verdicts, as far as drafts need it. */
export interface LoggedVerdicts {
  /** What was answered to a request of this organisation; undefined for those of others, as for those that never were. */
  get(organisation: string, requestId: string): Promise<LoggedVerdict | undefined>;
}

/** An order not to tell the uploader, while it lasts: DSA article 17 gives way to the authority that gave it. */
export interface SuppressReason {
  /** Who decided it, on the platform's side. */
  readonly author: string;
  readonly orderReference: string;
  readonly expiresAt: Date;
}

export interface StatementDraft {
  readonly requestId: string;
  readonly statement: Statement;
  /** False: `suppressReason` is in force, and neither the uploader nor the public database may be told before it expires. */
  readonly mayInform: boolean;
  readonly suppressReason: SuppressReason | null;
}

export class Drafts {
  constructor(
    private readonly verdicts: LoggedVerdicts,
    private readonly now: () => Date = () => new Date(),
  ) {}

  /** @throws VigieError `not_found`, `conflict` when nothing was restricted, `draft_incomplete` naming the fields. */
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
        rule: 'must lie in the future; leave suppressReason out once it has ended',
      });
    }
    refuse(problems);
    return { requestId, statement, mayInform: suppressReason === undefined, suppressReason: suppressReason ?? null };
  }

  /**
   * XML with `<report>` and `<fileDetails>` as NCMEC takes them.
   *
   * @throws VigieError `not_found`, `conflict` when nothing was restricted or no child is shown, `draft_incomplete` naming the fields.
   */
  async cyberTip(caller: Caller, requestId: string, facts: CyberTipFacts): Promise<string> {
    const verdict = await this.restricting(caller, requestId);
    const classes = decidingClasses(verdict.verdict, verdict.matches);
    if (!classes.some(showsChild)) {
      const shown = classes.join(', ') || 'no class';
      throw conflict(verdict, `of ${shown}; the CyberTipline takes reports of child sexual exploitation only`);
    }
    const now = this.now();
    const draft = draftCyberTip(verdict, facts, now);
    const problems = validateCyberTip(draft, now);
    // A machine's doubt is not what a report may rest on.
    if (!isRemoval(verdict.verdict) && facts.file?.viewedByEsp !== true) {
      const rule = `must be true: the verdict is ${verdict.verdict}, which a person reviews before it is reported`;
      problems.push({ field: 'fileDetails.fileViewedByEsp', asked: 'file.viewedByEsp', rule });
    }
    refuse(problems);
    return writeXml(draft);
  }

  private async restricting({ organisation }: Caller, requestId: string): Promise<LoggedVerdict> {
    const verdict = await this.verdicts.get(organisation, requestId);
    if (!verdict) throw new VigieError('not_found', `no verdict of yours is logged for request "${requestId}"`);
    if (!restrictingVerdicts.has(verdict.verdict)) throw conflict(verdict, 'which removes and holds nothing');
    return verdict;
  }
}

function conflict({ requestId, verdict }: LoggedVerdict, why: string): VigieError {
  return new VigieError('conflict', `the verdict on request "${requestId}" is ${verdict}, ${why}`);
}

function listsOf({ matches }: LoggedVerdict): string[] {
  return [...new Set(matches.map(({ list }) => list))];
}

function refuse(problems: readonly DraftProblem[]): void {
  if (problems.length > 0) throw new VigieError('draft_incomplete', nameProblems(problems));
}
