import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setup, system } from '../../domain/actor.js';
import type { Role } from '../../domain/key.js';
import { newList } from '../../domain/list.js';
import { packageRoot } from '../../package-root.js';
import type { KeyStore } from '../../store/keys.js';
import type { ListStore } from '../../store/lists.js';
import type { OrganisationStore } from '../../store/organisations.js';
import type { Enrolment } from '../entries/enrolment.js';
import { mintKey } from './key-cache.js';

/** Integrators test with this image instead of harmful content. */
export const testImagePath = join('src', 'assets', 'test-image.png');

const noConfirmation = { people: 0, organisations: 0 } as const;

const testList = newList({
  id: 'test',
  title: 'The test image that ships with Vigie',
  class: 'test',
  action: 'test_match',
  open: true,
  verification: noConfirmation,
});

const demoOrganisation = { id: 'demo', name: 'Demo', kind: 'operator' } as const;

const demoList = newList({
  id: 'demo',
  title: 'Images of your own, to try things out',
  class: 'unclassified',
  action: 'remove',
  organisation: demoOrganisation.id,
  verification: noConfirmation,
});

const demoRoles = ['operator', 'analyst', 'platform'] as const satisfies readonly Role[];

/** Several nodes may do so at once. */
export async function ensureTestList(lists: ListStore, enrolment: Enrolment, refresh: () => Promise<void>): Promise<void> {
  if (await lists.create(testList, system)) await refresh();
  const bytes = await readFile(join(packageRoot(), testImagePath));
  await enrolment.enrolImage({ actor: system, flagger: false }, { list: testList.id }, bytes);
}

export type DemoKeys = Readonly<Record<(typeof demoRoles)[number], string>>;

/** Returns undefined if the database already has an organisation. */
export async function setUpDemo(
  organisations: OrganisationStore,
  keys: KeyStore,
  lists: ListStore,
): Promise<DemoKeys | undefined> {
  if ((await organisations.all()).length > 0) return undefined;
  await organisations.create(demoOrganisation, setup, true);
  await lists.create(demoList, setup);
  const minted = { operator: '', analyst: '', platform: '' };
  for (const role of demoRoles) {
    const { id, key, secretSha256 } = mintKey();
    await keys.create({ id, organisation: demoOrganisation.id, role, secretSha256 }, setup, true);
    minted[role] = key;
  }
  return minted;
}
