/** What every test database holds: one organisation, a key for each role, and three lists. */
import { createHash } from 'node:crypto';
import { setup } from '../../src/domain/actor.js';
import { type Role, roles } from '../../src/domain/key.js';
import { defaultThresholds, type List } from '../../src/domain/list.js';
import type { Stores } from '../../src/main.js';

/** The secret of a role's key: fixed, so that tests need not pass keys around. */
function secretOf(role: Role): string {
  return createHash('sha256').update(`test secret of ${role}`).digest('hex');
}

const idOf = (role: Role) => `test${role.slice(0, 8).padEnd(8, '0')}`;

/** The key of a role, as a client sends it. */
export function keyOf(role: Role): string {
  return `vig_${idOf(role)}_${secretOf(role)}`;
}

export const seededLists: readonly List[] = [
  { id: 'known', title: 'Known', class: 'ncii_adult', action: 'remove', thresholds: defaultThresholds, enabled: true },
  {
    id: 'illegal',
    title: 'Illegal',
    class: 'csam_baseline',
    action: 'remove_and_report',
    thresholds: defaultThresholds,
    enabled: true,
  },
  { id: 'harmless', title: 'Harmless', class: 'known_good', action: 'suppress', thresholds: defaultThresholds, enabled: true },
];

export async function seed(stores: Stores): Promise<void> {
  await stores.organisations.create({ id: 'tests', name: 'Tests', kind: 'hotline' }, setup, true);
  for (const role of roles) {
    const secretSha256 = createHash('sha256').update(secretOf(role)).digest();
    await stores.keys.create({ id: idOf(role), organisation: 'tests', role, secretSha256 }, setup, true);
  }
  for (const list of seededLists) await stores.lists.create(list);
}
