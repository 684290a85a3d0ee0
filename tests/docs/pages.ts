/** The Markdown pages that people read. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/package-root.js';

export interface Page {
  /** Relative to the root. */
  readonly file: string;
  readonly text: string;
}

/** README, CONTRIBUTING, SECURITY, and everything in docs/. */
export function allPages(): Page[] {
  const docs = readdirSync(join(packageRoot(), 'docs'), { recursive: true, encoding: 'utf8' });
  const files = [...docs.filter((name) => name.endsWith('.md')).map((name) => join('docs', name))];
  return ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', ...files.sort()].map(pageOf);
}

export function pageOf(file: string): Page {
  return { file, text: readFileSync(join(packageRoot(), file), 'utf8') };
}

/** The anchors of a page's headings, as GitHub makes them. */
export function anchorsOf({ text }: Page): string[] {
  const outsideFences = text.replace(/^```[\s\S]*?^```$/gm, '');
  return [...outsideFences.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{Letter}\p{Number}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
