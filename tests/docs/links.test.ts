import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { packageRoot } from '../../src/package-root.js';
import { allPages, anchorsOf, pageOf } from './pages.js';

const pages = allPages();

/** Links to files of the repository, as a path from the root and an anchor. */
function linksOf(file: string, text: string): { path: string; anchor: string | undefined }[] {
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => {
      const [path = '', anchor] = target.split('#');
      return { path: path === '' ? file : join(dirname(file), path), anchor };
    });
}

it.each(pages)('$file links to files and headings that exist', ({ file, text }) => {
  const dead = linksOf(file, text).filter(({ path, anchor }) => {
    if (!existsSync(join(packageRoot(), path))) return true;
    return anchor !== undefined && !anchorsOf(pageOf(path)).includes(anchor);
  });
  expect(dead).toEqual([]);
});

it.each(pages)('$file names files that exist', ({ text }) => {
  const named = [...text.matchAll(/`((?:src|tests|bench|docs|migrations|native-free-workers)\/[\w./-]+\.\w+)`/g)];
  expect(named.map(([, path = '']) => path).filter((path) => !existsSync(join(packageRoot(), path)))).toEqual([]);
});

it('CONTRIBUTING names folders that exist', () => {
  const folders = [
    ...pageOf('CONTRIBUTING.md').text.matchAll(/`((?:src|native-free-workers|migrations|bench|tests|docs)\/(?:[\w-]+\/)*)`/g),
  ];
  expect(folders.map(([, path = '']) => path).filter((path) => !existsSync(join(packageRoot(), path)))).toEqual([]);
});

it('each answer of "Where is ...?" in CONTRIBUTING is a file that exists', () => {
  const rows = [...pageOf('CONTRIBUTING.md').text.matchAll(/^\| .+\? \| `([\w/-]+\/)` \| `([\w.-]+)` \|$/gm)];
  const answers = rows.map(([, folder = '', file = '']) => join(folder, file));
  expect(answers.length).toBeGreaterThanOrEqual(5);
  expect(answers.filter((path) => !existsSync(join(packageRoot(), path)))).toEqual([]);
});
