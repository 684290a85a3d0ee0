import { type Algorithm, isPerceptual, type PerceptualAlgorithm, registry } from './algorithms/registry.js';
import type { Requirement } from './standing.js';

export const listActions = ['remove', 'remove_and_report', 'hold_for_review', 'suppress', 'test_match'] as const;
export type ListAction = (typeof listActions)[number];

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

export interface Thresholds {
  readonly pdq: { readonly tight: number; readonly wide: number };
  readonly blockhash: number;
}

export const widestPdq = registry.pdq.widest;
export const widestBlockhash = registry.blockhash.widest;

export const defaultThresholds: Thresholds = { pdq: registry.pdq.threshold, blockhash: registry.blockhash.threshold };

export function widestThreshold(algorithm: Algorithm, thresholds: Thresholds): number {
  if (!isPerceptual(algorithm)) return 0;
  const threshold = thresholds[algorithm];
  return typeof threshold === 'number' ? threshold : threshold.wide;
}

/** How far an index must search, in bits. */
export type Radii = Readonly<Record<PerceptualAlgorithm, number>>;

export const listRights = ['read', 'enrol', 'verify', 'match', 'export'] as const;
export type ListRight = (typeof listRights)[number];

export interface Grant {
  readonly organisation: string;
  readonly rights: readonly ListRight[];
}

/** `exact`: an equal hash; `tight`: PDQ within the tight distance. */
export const certainties = ['exact', 'tight', 'wide'] as const;
export type Certainty = (typeof certainties)[number];

/** `far`: beyond the wide distance; only holds. */
export const bands = [...certainties, 'far'] as const;
export type Band = (typeof bands)[number];

export const outcomes = [...listActions, 'ignore'] as const;
export type Outcome = (typeof outcomes)[number];

/** An unconfirmed entry must not take content down. */
export const weakOutcomes = ['hold_for_review', 'ignore', 'test_match'] as const satisfies readonly Outcome[];
export type WeakOutcome = (typeof weakOutcomes)[number];

export type Cells<Leads extends Outcome> = Readonly<Partial<Record<Certainty, Leads>>>;

/** Defaults: a verified match leads to the list's action, an unverified one to a hold. */
export interface ActionMatrix {
  readonly verified?: Cells<Outcome> | undefined;
  readonly unverified?: Cells<WeakOutcome> | undefined;
}

export interface ListPolicy extends ActionMatrix {
  readonly classes?: Readonly<Partial<Record<ContentClass, ActionMatrix>>> | undefined;
}

/** What a list may require of an enrolment. */
export const provenanceFields = ['unit', 'reference', 'legalBasis', 'date'] as const;
export type ProvenanceField = (typeof provenanceFields)[number];

export interface ListLimits {
  /** Per person. Further withdrawals need a second person. */
  readonly withdrawalsAnHour: number;
  /** Organisations whose feedback disputes an entry. */
  readonly disputesAfter: number;
  /** More pictures per hour quarantine an entry, if they are also 20 times its busiest hour of the last week. */
  readonly floodAnHour: number;
}

export interface List {
  readonly id: string;
  readonly title: string;
  readonly class: ContentClass;
  readonly action: ListAction;
  readonly thresholds: Thresholds;
  readonly enabled: boolean;
  /** Null: built in. */
  readonly organisation: string | null;
  readonly open: boolean;
  readonly grants: readonly Grant[];
  readonly verification: Requirement;
  readonly provenanceRequired: readonly ProvenanceField[];
  /** Percent of (entry, organisation) pairs for which the list is in force, for a gradual start. */
  readonly share: number;
  readonly policy: ListPolicy;
  readonly limits: ListLimits;
  readonly version: number;
}

export function faultOf({ action, verification, policy }: Pick<List, 'action' | 'verification' | 'policy'>): string | undefined {
  if (!isEnough(action, verification)) {
    return 'verification: a list with action suppress needs at least 2 people of 2 organisations, because it hides matches of other lists';
  }
  const matrices = [policy, ...Object.values(policy.classes ?? {})];
  const cells = matrices.flatMap(({ verified = {}, unverified = {} }) => [
    ...Object.values(verified),
    ...Object.values(unverified),
  ]);
  const alien = cells.find((outcome) => (outcome === 'suppress' || outcome === 'test_match') && outcome !== action);
  return alien && `policy: only a list with action ${alien} may use the outcome ${alien}`;
}

/** True if fewer or other people would decide what the list removes. Such a change needs a second operator. */
export function loosens(from: List, to: List): boolean {
  const fewer =
    to.verification.people < from.verification.people || to.verification.organisations < from.verification.organisations;
  return fewer || to.organisation !== from.organisation;
}

export type NewList = Pick<List, 'id' | 'title' | 'class' | 'action'> & {
  readonly [Name in keyof Omit<List, 'version'>]?: List[Name] | undefined;
};

export const defaultLimits: ListLimits = { withdrawalsAnHour: 100, disputesAfter: 2, floodAnHour: 1_000 };

/** It hides matches of other lists, so two organisations must agree on every entry. */
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

export function rightsOf(list: List, organisation: string): ReadonlySet<ListRight> {
  if (list.organisation === organisation) return new Set(listRights);
  const granted = list.grants.find((grant) => grant.organisation === organisation)?.rights ?? [];
  return new Set(list.open ? [...granted, 'match'] : granted);
}
