const en = {
  title: 'Changes',
  lead: 'Changes that wait for a second operator. You cannot confirm your own.',
  none: 'No change waits.',
  of: { list: 'List', organisation: 'Organisation' },
  proposed: (who: string) => `proposed by ${who}`,
  confirm: 'Confirm',
  decline: 'Decline',
};

const fr: typeof en = {
  title: 'Changements',
  lead: 'Les changements qui attendent un deuxième opérateur. Vous ne pouvez pas confirmer les vôtres.',
  none: 'Aucun changement n’attend.',
  of: { list: 'Liste', organisation: 'Organisation' },
  proposed: (who) => `proposé par ${who}`,
  confirm: 'Confirmer',
  decline: 'Refuser',
};

export const changeWords = { en, fr };
