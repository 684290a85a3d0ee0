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
