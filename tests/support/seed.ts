import { createHash } from 'node:crypto';
import { setup } from '../../src/domain/actor.js';
import { type Role, roles } from '../../src/domain/key.js';
import { defaultLimits, type List, newList } from '../../src/domain/list.js';
import type { Stores } from '../../src/store/stores.js';

/** Fixed, so that tests need not pass keys around. */
function secretOf(name: string): string {
  return createHash('sha256').update(`test secret of ${name}`).digest('hex');
}

const idOf = (role: Role, organisation: string) => `${organisation.slice(0, 4)}${role.slice(0, 8).padEnd(8, '0')}`;

export function keyOf(role: Role, organisation: 'tests' | 'others' = 'tests'): string {
  return `vig_${idOf(role, organisation)}_${secretOf(organisation === 'tests' ? role : `${role} of ${organisation}`)}`;
}

const nobody = { people: 0, organisations: 0 } as const;
const generous = { ...defaultLimits, withdrawalsAnHour: 100_000, floodAnHour: 1_000_000 };
const reviewed = [{ organisation: 'others', rights: ['read', 'verify'] as const }];

/** `known` and `illegal` need no confirmation, `harmless` needs two organisations. */
export const seededLists: readonly List[] = [
  newList({
    id: 'known',
    title: 'Known',
    class: 'ncii_adult',
    action: 'remove',
    organisation: 'tests',
    verification: nobody,
    limits: generous,
    grants: reviewed,
  }),
  newList({
    id: 'illegal',
    title: 'Illegal',
    class: 'csam_baseline',
    action: 'remove_and_report',
    organisation: 'tests',
    verification: nobody,
    limits: generous,
    grants: reviewed,
  }),
  newList({
    id: 'harmless',
    title: 'Harmless',
    class: 'known_good',
    action: 'suppress',
    organisation: 'tests',
    grants: reviewed,
  }),
];

export async function seed(stores: Stores): Promise<void> {
  await stores.organisations.create({ id: 'tests', name: 'Tests', kind: 'hotline' }, setup, true);
  await stores.organisations.create({ id: 'others', name: 'Others', kind: 'police' }, setup, true);
  for (const role of roles) await createKey(stores, role, 'tests');
  for (const role of ['analyst', 'reviewer', 'platform'] as const) await createKey(stores, role, 'others');
  for (const list of seededLists) await stores.lists.create(list, setup);
}

async function createKey({ keys }: Stores, role: Role, organisation: 'tests' | 'others'): Promise<void> {
  const secret = keyOf(role, organisation).slice(-64);
  const secretSha256 = createHash('sha256').update(secret).digest();
  await keys.create({ id: idOf(role, organisation), organisation, role, person: role, secretSha256 }, setup, true);
}
