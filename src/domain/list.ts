/** Hash lists: who says what content is, who may do what with it, and what a platform does about it. */
import { type Algorithm, isPerceptual, type PerceptualAlgorithm, registry } from './algorithms/registry.js';
import type { Requirement } from './standing.js';

export const listActions = ['remove', 'remove_and_report', 'hold_for_review', 'suppress', 'test_match'] as const;
export type ListAction = (typeof listActions)[number];

/** What an entry shows (`docs` of the field: verdicts, section 4). */
export const contentClasses = [
  'csam_baseline',
  'csam_illegal',
  'csam_a1',
  'csam_a2',
  'csam_b1',
  'csam_b2',
  'cse_borderline',
  'csam_synthetic',
  'ncii_adult',
  'ncii_minor',
  'ncii_synthetic',
  'tvec',
  'test',
  'known_good',
  'unclassified',
] as const;
export type ContentClass = (typeof contentClasses)[number];

/** The largest Hamming distance at which a list matches, in bits. An exact hash always has distance 0. */
export interface Thresholds {
  readonly pdq: { readonly tight: number; readonly wide: number };
  readonly blockhash: number;
}

export const widestPdq = registry.pdq.widest;
export const widestBlockhash = registry.blockhash.widest;

export const defaultThresholds: Thresholds = { pdq: registry.pdq.threshold, blockhash: registry.blockhash.threshold };

/** The largest distance at which `thresholds` let an algorithm match. */
export function widestThreshold(algorithm: Algorithm, thresholds: Thresholds): number {
  if (!isPerceptual(algorithm)) return 0;
  const threshold = thresholds[algorithm];
  return typeof threshold === 'number' ? threshold : threshold.wide;
}

/** How far an index must search, in bits, for each algorithm that has distances. */
export type Radii = Readonly<Record<PerceptualAlgorithm, number>>;

/** What an organisation may do with a list. Its owner may do everything. */
export const listRights = ['read', 'enrol', 'verify', 'match'] as const;
export type ListRight = (typeof listRights)[number];

export interface Grant {
  readonly organisation: string;
  readonly rights: readonly ListRight[];
}

/** How sure a match is of its entry: equal digests, PDQ within the tight distance, PDQ within the wide one and borne out by blockhash. */
export const certainties = ['exact', 'tight', 'wide'] as const;
export type Certainty = (typeof certainties)[number];

/** What a cell of a list's actions leads to. */
export const outcomes = [...listActions, 'ignore'] as const;
export type Outcome = (typeof outcomes)[number];

/** What an entry may lead to that nobody has confirmed: one such entry must take nobody's picture down. */
export const weakOutcomes = ['hold_for_review', 'ignore', 'test_match'] as const satisfies readonly Outcome[];
export type WeakOutcome = (typeof weakOutcomes)[number];

export type Cells<Leads extends Outcome> = Readonly<Partial<Record<Certainty, Leads>>>;

/** What each kind of match leads to, where it is not the list's action (verified) or a hold (not verified). */
export interface ActionMatrix {
  readonly verified?: Cells<Outcome> | undefined;
  readonly unverified?: Cells<WeakOutcome> | undefined;
}

/** The policy of a list, as data: for the list, and for classes that differ from it. */
export interface ListPolicy extends ActionMatrix {
  readonly classes?: Readonly<Partial<Record<ContentClass, ActionMatrix>>> | undefined;
}

/** What an enrolment must tell of where the content comes from. */
export const provenanceFields = ['unit', 'reference', 'legalBasis', 'date'] as const;
export type ProvenanceField = (typeof provenanceFields)[number];

/** What makes the service lower an entry of a list by itself, or ask for a second person. */
export interface ListLimits {
  /** Withdrawals an hour by one person; past it a second one is asked. */
  readonly withdrawalsAnHour: number;
  /** Organisations that must call a match false before its entry is disputed. */
  readonly disputesAfter: number;
  /** Near matches an hour past which an entry is quarantined, if they are also 20 times its busiest hour of the week before. */
  readonly floodAnHour: number;
}

export interface List {
  readonly id: string;
  readonly title: string;
  readonly class: ContentClass;
  readonly action: ListAction;
  readonly thresholds: Thresholds;
  readonly enabled: boolean;
  /** Whose it is; null: built in. */
  readonly organisation: string | null;
  /** Every organisation may match against it. */
  readonly open: boolean;
  /** What others than its owner may do. */
  readonly grants: readonly Grant[];
  readonly verification: Requirement;
  readonly provenanceRequired: readonly ProvenanceField[];
  /** Percent of (entry, organisation) pairs for which the list is in force: a gradual start. */
  readonly share: number;
  readonly policy: ListPolicy;
  readonly limits: ListLimits;
  /** Counts the changes of the list, so that a verdict can name what it was judged by. */
  readonly version: number;
}

/** What is wrong with a list as a whole; undefined: nothing. */
export function faultOf({ action, verification, policy }: Pick<List, 'action' | 'verification' | 'policy'>): string | undefined {
  if (!isEnough(action, verification)) {
    return 'verification: a list that suppresses needs at least 2 people of 2 organisations, since it hides what others list';
  }
  const matrices = [policy, ...Object.values(policy.classes ?? {})];
  const cells = matrices.flatMap(({ verified = {}, unverified = {} }) => [
    ...Object.values(verified),
    ...Object.values(unverified),
  ]);
  const alien = cells.find((outcome) => (outcome === 'suppress' || outcome === 'test_match') && outcome !== action);
  return alien && `policy: ${alien} is for lists of that action`;
}

/** True for a change that lets fewer people decide what the list removes, or others: no operator makes it alone. */
export function loosens(from: List, to: List): boolean {
  const fewer =
    to.verification.people < from.verification.people || to.verification.organisations < from.verification.organisations;
  return fewer || to.organisation !== from.organisation;
}

/** What has to be said of a new list; the rest has defaults. */
export type NewList = Pick<List, 'id' | 'title' | 'class' | 'action'> & {
  readonly [Name in keyof Omit<List, 'version'>]?: List[Name] | undefined;
};

export const defaultLimits: ListLimits = { withdrawalsAnHour: 100, disputesAfter: 2, floodAnHour: 1_000 };

/** A list that suppresses hides what others list: two organisations must agree on every entry, whatever else is asked for. */
const minForSuppression: Requirement = { people: 2, organisations: 2 };
const minForOthers: Requirement = { people: 1, organisations: 1 };

export function defaultVerification(action: ListAction): Requirement {
  return action === 'suppress' ? minForSuppression : minForOthers;
}

function isEnough(action: ListAction, { people, organisations }: Requirement): boolean {
  return action !== 'suppress' || (people >= minForSuppression.people && organisations >= minForSuppression.organisations);
}

export function newList(given: NewList): List {
  const { id, title, class: contentClass, action } = given;
  return {
    ...{ id, title, class: contentClass, action },
    thresholds: given.thresholds ?? defaultThresholds,
    enabled: given.enabled ?? true,
    organisation: given.organisation ?? null,
    open: given.open ?? false,
    grants: given.grants ?? [],
    verification: given.verification ?? defaultVerification(action),
    provenanceRequired: given.provenanceRequired ?? [],
    share: given.share ?? 100,
    policy: given.policy ?? {},
    limits: given.limits ?? defaultLimits,
    version: 1,
  };
}

/** What an organisation may do with a list; nothing: to it the list does not exist. */
export function rightsOf(list: List, organisation: string): ReadonlySet<ListRight> {
  if (list.organisation === organisation) return new Set(listRights);
  const granted = list.grants.find((grant) => grant.organisation === organisation)?.rights ?? [];
  return new Set(list.open ? [...granted, 'match'] : granted);
}
