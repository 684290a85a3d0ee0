import { certainties, contentClasses, type List, type ListLimits, listRights, newList, type Outcome } from './list.js';
import { outcomeOf } from './match-evaluation.js';
import { loosened, type OrganisationSettings } from './organisation.js';

/** One field that a change would alter. `weakens`: because of it, a second operator must agree. */
export interface FieldChange {
  readonly field: string;
  readonly from: unknown;
  readonly to: unknown;
  readonly weakens: boolean;
}

/**
 * The difference between two states of a list, field by field.
 *
 * A field weakens if it lets fewer or other people decide, gives a right, raises a limit, or if the list would remove, hold or suppress
 * more. What removes less acts at once, so that one person can stop a list that removes too much. A list that suppresses works against
 * the others: less of it removes more, so both directions weaken.
 */
export function changesOf(from: List, to: List): FieldChange[] {
  const reach = from.action === 'suppress' || to.action === 'suppress' ? differs : raised;
  const field = (name: string, read: (list: List) => unknown, weakens: boolean): FieldChange[] =>
    same(read(from), read(to)) ? [] : [{ field: name, from: read(from), to: read(to), weakens }];
  const number = (name: string, read: (list: List) => number, rule: (from: number, to: number) => boolean) =>
    field(name, read, rule(read(from), read(to)));
  const outcomes = actsMore(from, to);
  return [
    ...field('title', ({ title }) => title, false),
    ...field('class', (list) => list.class, true),
    ...field('action', ({ action }) => action, outcomes),
    ...number('thresholds.pdq.tight', ({ thresholds }) => thresholds.pdq.tight, reach),
    ...number('thresholds.pdq.wide', ({ thresholds }) => thresholds.pdq.wide, reach),
    ...number('thresholds.blockhash', ({ thresholds }) => thresholds.blockhash, reach),
    ...field('enabled', ({ enabled }) => enabled, reach(Number(from.enabled), Number(to.enabled))),
    ...field('organisation', ({ organisation }) => organisation, true),
    ...field('open', ({ open }) => open, reach(Number(from.open), Number(to.open))),
    ...number('verification.people', ({ verification }) => verification.people, lowered),
    ...number('verification.organisations', ({ verification }) => verification.organisations, lowered),
    ...field('provenanceRequired', (list) => list.provenanceRequired, asksLess(from, to)),
    ...number('share', ({ share }) => share, reach),
    ...field('policy', ({ policy }) => policy, outcomes),
    ...limitNames.flatMap((name) => number(`limits.${name}`, ({ limits }) => limits[name], raised)),
    ...grantChanges(from, to),
  ];
}

/** Nothing brings the hashes of a deleted list back. */
export const deletion: FieldChange = { field: 'deleted', from: false, to: true, weakens: true };

/** The names of the fields for which a second operator must agree. */
export function weakened(from: List, to: List): string[] {
  return changesOf(from, to).flatMap(({ field, weakens }) => (weakens ? [field] : []));
}

/** A new list as it starts: what is weaker than the default waits. */
export function strictStart(asked: List): List {
  const { id, title, class: contentClass, action } = asked;
  const standard = newList({ id, title, class: contentClass, action });
  const { thresholds, verification, policy, limits } = standard;
  const fallen = new Set(
    weakened({ ...asked, thresholds, verification, policy, limits, grants: [] }, asked).map((field) => field.split('.')[0]),
  );
  return {
    ...asked,
    ...(fallen.has('thresholds') && { thresholds }),
    ...(fallen.has('verification') && { verification }),
    ...((fallen.has('policy') || fallen.has('action')) && { policy }),
    ...(fallen.has('limits') && { limits }),
    ...(fallen.has('grants') && { grants: [] }),
  };
}

/** To keep queries for longer, or to share feedback, also weakens: the organisation itself may choose it, an operator alone may not. */
export function settingChangesOf(from: OrganisationSettings, to: OrganisationSettings): FieldChange[] {
  const weak = new Set<keyof OrganisationSettings>(loosened(from, to));
  if (to.queryHours > from.queryHours) weak.add('queryHours');
  if (to.sharesFeedback) weak.add('sharesFeedback');
  return settingNames.flatMap((field) =>
    same(from[field], to[field]) ? [] : [{ field, from: from[field], to: to[field], weakens: weak.has(field) }],
  );
}

const settingNames = [
  'regimes',
  'verdictDays',
  'queryHours',
  'tells',
  'contact',
  'sharesFeedback',
  'fetchesFrom',
] as const satisfies readonly (keyof OrganisationSettings)[];

const limitNames = ['withdrawalsAnHour', 'disputesAfter', 'floodAnHour'] as const satisfies readonly (keyof ListLimits)[];

const raised = (from: number, to: number) => to > from;
const lowered = (from: number, to: number) => to < from;
const differs = (from: number, to: number) => to !== from;

/** By value: documents from the database have their keys in another order. */
function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, one]) => [name, sorted(one)]),
  );
}

const force: Readonly<Record<Outcome, number>> = {
  ignore: 0,
  test_match: 0,
  suppress: 0,
  hold_for_review: 1,
  remove: 2,
  remove_and_report: 3,
};

/** True if any kind of match with an entry of any class would lead to more, or if matches would be suppressed that were not, or no longer. */
function actsMore(from: List, to: List): boolean {
  return contentClasses.some((contentClass) =>
    certainties.some((certainty) =>
      [true, false].some((verified) => {
        const [before, after] = [from, to].map((list) => outcomeOf(list, contentClass, certainty, verified));
        if (before === undefined || after === undefined || before === after) return false;
        return before === 'suppress' || after === 'suppress' || force[after] > force[before];
      }),
    ),
  );
}

function asksLess(from: List, to: List): boolean {
  return from.provenanceRequired.some((name) => !to.provenanceRequired.includes(name));
}

function grantChanges(from: List, to: List): FieldChange[] {
  const rights = ({ grants }: List, organisation: string) =>
    listRights.filter((right) => grants.find((grant) => grant.organisation === organisation)?.rights.includes(right));
  const organisations = [...new Set([...from.grants, ...to.grants].map(({ organisation }) => organisation))].sort();
  return organisations.flatMap((organisation) => {
    const [before, after] = [rights(from, organisation), rights(to, organisation)];
    const weakens = after.some((right) => !before.includes(right));
    return same(before, after) ? [] : [{ field: `grants.${organisation}`, from: before, to: after, weakens }];
  });
}
