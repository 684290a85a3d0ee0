/** The field's terms as people read them. The API's own names stay in titles, for those who also use the API. */
import { type Language, useLanguage } from '../language/language.ts';

type Terms = Readonly<Record<string, string>>;

const en: Readonly<Record<'class' | 'status' | 'verdict' | 'role' | 'event', Terms>> = {
  class: {
    csam_baseline: 'CSAM, baseline',
    csam_illegal: 'CSAM, illegal',
    csam_a1: 'CSAM A1',
    csam_a2: 'CSAM A2',
    csam_b1: 'CSAM B1',
    csam_b2: 'CSAM B2',
    cse_borderline: 'Borderline',
    csam_synthetic: 'CSAM, generated',
    ncii_adult: 'Intimate, adult',
    ncii_minor: 'Intimate, minor',
    ncii_synthetic: 'Intimate, generated',
    tvec: 'Terrorist content',
    test: 'Test',
    known_good: 'Known good',
    unclassified: 'Unclassified',
  },
  status: {
    draft: 'draft',
    verified: 'verified',
    disputed: 'disputed',
    quarantined: 'quarantined',
    withdrawn: 'withdrawn',
  },
  verdict: {
    remove_and_report: 'remove and report',
    remove: 'remove',
    hold_for_review: 'hold for review',
    quarantined: 'quarantined',
    suppressed: 'suppressed',
    test_match: 'test match',
    unscannable: 'unscannable',
    no_known_match: 'no known match',
    suppress: 'suppress',
    ignore: 'ignore',
  },
  role: {
    platform: 'platform',
    analyst: 'analyst',
    reviewer: 'reviewer',
    operator: 'operator',
    auditor: 'auditor',
    flagger: 'flagger',
  },
  event: {
    confirm: 'confirmed',
    reject: 'rejected',
    dispute: 'disputed',
    release: 'released',
    withdraw: 'withdrew',
    restore: 'restored',
    quarantine: 'quarantined',
    claim: 'claimed',
    reclassify: 'changed the class',
    expire: 'ended',
    'withdraw.request': 'asked to withdraw',
  },
};

const fr: typeof en = {
  class: {
    csam_baseline: 'Pédocriminel, référence',
    csam_illegal: 'Pédocriminel, illégal',
    csam_a1: 'Pédocriminel A1',
    csam_a2: 'Pédocriminel A2',
    csam_b1: 'Pédocriminel B1',
    csam_b2: 'Pédocriminel B2',
    cse_borderline: 'Cas limite',
    csam_synthetic: 'Pédocriminel, généré',
    ncii_adult: 'Intime, adulte',
    ncii_minor: 'Intime, mineur',
    ncii_synthetic: 'Intime, généré',
    tvec: 'Contenu terroriste',
    test: 'Essai',
    known_good: 'Connu sans danger',
    unclassified: 'Non classé',
  },
  status: {
    draft: 'brouillon',
    verified: 'vérifiée',
    disputed: 'contestée',
    quarantined: 'en quarantaine',
    withdrawn: 'retirée',
  },
  verdict: {
    remove_and_report: 'retirer et signaler',
    remove: 'retirer',
    hold_for_review: 'suspendre et examiner',
    quarantined: 'en quarantaine',
    suppressed: 'écarté',
    test_match: 'image d’essai',
    unscannable: 'illisible',
    no_known_match: 'aucune correspondance connue',
    suppress: 'écarter',
    ignore: 'ignorer',
  },
  role: {
    platform: 'plateforme',
    analyst: 'analyste',
    reviewer: 'relecteur',
    operator: 'opérateur',
    auditor: 'auditeur',
    flagger: 'signaleur',
  },
  event: {
    confirm: 'a confirmé',
    reject: 'a rejeté',
    dispute: 'a contesté',
    release: 'a libéré',
    withdraw: 'a retiré',
    restore: 'a rétabli',
    quarantine: 'a mis en quarantaine',
    claim: 'a revendiqué',
    reclassify: 'a changé la classe',
    expire: 'a pris fin',
    'withdraw.request': 'a demandé le retrait',
  },
};

const terms: Readonly<Record<Language, typeof en>> = { en, fr };

/** The term for a name of the API, or the name itself if we have no better word. */
export function useTerms(): (kind: keyof typeof en, name: string) => string {
  const language = useLanguage();
  return (kind, name) => terms[language][kind][name] ?? name.replaceAll('_', ' ');
}

export const classes = Object.keys(en.class);
