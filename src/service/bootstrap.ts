import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setup } from '../domain/actor.js';
import type { Role } from '../domain/key.js';
import { defaultThresholds, type List } from '../domain/list.js';
import type { OrganisationKind } from '../domain/organisation.js';
import { packageRoot } from '../package-root.js';
import type { KeyStore } from '../store/keys.js';
import type { ListStore } from '../store/lists.js';
import type { OrganisationStore } from '../store/organisations.js';
import type { Enrolment } from './enrol.js';
import { mintKey } from './keyring.js';

/** The image every Vigie knows: integrators see that matching works without ever holding harmful content. */
export const testImagePath = join('src', 'assets', 'test-image.png');

const testList: List = {
  id: 'test',
  title: 'The test image that ships with Vigie',
  class: 'test',
  action: 'test_match',
  thresholds: defaultThresholds,
  enabled: true,
};

const demoList: List = {
  id: 'demo',
  title: 'Images of your own, to try things out',
  class: 'unclassified',
  action: 'remove',
  thresholds: defaultThresholds,
  enabled: true,
};

const demoOrganisation = { id: 'demo', name: 'Demo', kind: 'operator' satisfies OrganisationKind } as const;
const demoRoles = ['operator', 'analyst', 'platform'] as const satisfies readonly Role[];

/** Sees to the built-in list `test` and its one image, in every database. Any number of nodes may do so at once. */
export async function ensureTestList(lists: ListStore, enrolment: Enrolment): Promise<void> {
  await lists.create(testList);
  const bytes = await readFile(join(packageRoot(), testImagePath));
  await enrolment.enrolImage(null, { list: testList.id }, bytes);
}

export type DemoKeys = Readonly<Record<(typeof demoRoles)[number], string>>;

/** Sets an empty database up for trying Vigie out; undefined when it has an organisation already. The keys are told once, here. */
export async function setUpDemo(
  organisations: OrganisationStore,
  keys: KeyStore,
  lists: ListStore,
): Promise<DemoKeys | undefined> {
  if ((await organisations.all()).length > 0) return undefined;
  await organisations.create(demoOrganisation, setup, true);
  await lists.create(demoList);
  const minted = { operator: '', analyst: '', platform: '' };
  for (const role of demoRoles) {
    const { id, key, secretSha256 } = mintKey();
    await keys.create({ id, organisation: demoOrganisation.id, role, secretSha256 }, setup, true);
    minted[role] = key;
  }
  return minted;
}
