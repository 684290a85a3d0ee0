/** Which pages a role uses, in the order of the menu. The first is where it starts. */
import type { Role } from '../../api/session.ts';

export const sections = {
  queue: ['analyst', 'reviewer'],
  enrol: ['analyst', 'flagger'],
  imports: ['analyst'],
  assisted: ['flagger'],
  series: ['analyst', 'reviewer'],
  matches: ['platform'],
  operations: ['operator', 'auditor'],
  accounts: ['operator', 'auditor'],
  changes: ['operator'],
  lists: ['analyst', 'reviewer', 'operator'],
  orders: ['platform', 'operator', 'auditor'],
  notices: ['platform', 'operator', 'auditor'],
} as const satisfies Readonly<Record<string, readonly Role[]>>;

export type Section = keyof typeof sections;

export function sectionsOf(role: Role): readonly Section[] {
  return (Object.keys(sections) as Section[]).filter((name) => isFor(name, role));
}

export function isFor(section: Section, role: Role): boolean {
  return (sections[section] as readonly Role[]).includes(role);
}
