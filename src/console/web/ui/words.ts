/** Words that many pages use. */
const en = {
  loading: 'Loading …',
  retry: 'Try again',
  close: 'Close',
  cancel: 'Cancel',
  more: 'Show more',
  none: 'None',
  unknown: 'unknown',
  offline: 'The service did not answer. Check your connection. Nothing you typed is lost: try again.',
  first: (status: string, who: string, when: string) => `The entry is now ${status}. ${who} was first, ${when}.`,
  theService: 'The service',
  waitBefore: (seconds: number) => `Wait ${seconds} s, then try again.`,
  table: (name: string) => `The same figures as a table: ${name}`,
  perDay: (day: string, text: string) => `${day}: ${text}`,
  noData: 'There is nothing to draw yet.',
  fingerprint: 'Fingerprint of this entry. It helps you recognise the entry. Nobody can rebuild the image or its hash from it.',
  person: (organisation: string, person: number | null) =>
    person === null ? organisation : `person ${person} of ${organisation}`,
  builtIn: 'built in',
};

const fr: typeof en = {
  loading: 'Chargement…',
  retry: 'Réessayer',
  close: 'Fermer',
  cancel: 'Annuler',
  more: 'Afficher la suite',
  none: 'Aucun',
  unknown: 'inconnu',
  offline: 'Le service ne répond pas. Vérifiez votre connexion. Rien de ce que vous avez saisi n’est perdu : réessayez.',
  first: (status, who, when) => `L’entrée est maintenant ${status}. ${who} a agi en premier, ${when}.`,
  theService: 'Le service',
  waitBefore: (seconds) => `Attendez ${seconds} s, puis réessayez.`,
  table: (name) => `Les mêmes chiffres en tableau : ${name}`,
  perDay: (day, text) => `${day} : ${text}`,
  noData: 'Il n’y a encore rien à dessiner.',
  fingerprint:
    'Empreinte de cette entrée. Elle aide à reconnaître l’entrée. Personne ne peut en reconstituer l’image ni son hachage.',
  person: (organisation, person) => (person === null ? organisation : `personne ${person} de ${organisation}`),
  builtIn: 'intégré',
};

export const uiWords = { en, fr };
