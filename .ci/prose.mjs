/**
 * Counts the words of comments per folder, and the size of README.md, now and at another commit:
 *   npm run prose -- [COMMIT]
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const git = (...args) => execFileSync('git', args, { encoding: 'utf8', maxBuffer: 2 ** 28 });
const isCode = (path) => /\.(ts|mts|mjs|sql)$/.test(path);
const folderOf = (path) =>
  path.startsWith('src/')
    ? path
        .split('/')
        .slice(0, path.split('/').length > 2 ? 2 : 1)
        .join('/')
    : path.split('/')[0];

/** The text of comments: lines that are comments, and what follows `//` or `--` behind code. */
function comments(path, text) {
  const mark = path.endsWith('.sql') ? /(?:^|\s)--\s?(.*)$/ : /^\s*(?:\/\*\*?|\*\/?|\/\/)(.*)$|\s\/\/\s(.*)$/;
  return text.split('\n').flatMap((line) => {
    const found = mark.exec(line);
    return found ? [found[1] ?? found[2] ?? ''] : [];
  });
}

const wordsIn = (text) => text.split(/\s+/).filter((word) => /\w/.test(word)).length;

function count(paths, read) {
  const folders = new Map();
  for (const path of paths.filter(isCode)) {
    const lines = comments(path, read(path));
    const known = folders.get(folderOf(path)) ?? { words: 0, lines: 0 };
    known.words += wordsIn(lines.join(' ').replaceAll('*/', ''));
    known.lines += read(path).split('\n').length - 1;
    folders.set(folderOf(path), known);
  }
  const readme = read('README.md').trimEnd().split('\n');
  return {
    folders,
    readme: { lines: readme.length, words: wordsIn(readme.join(' ')), longest: Math.max(...readme.map((line) => line.length)) },
  };
}

const now = count(git('ls-files').trim().split('\n'), (path) => readFileSync(path, 'utf8'));
const commit = process.argv[2];
const before =
  commit && count(git('ls-tree', '-r', '--name-only', commit).trim().split('\n'), (path) => git('show', `${commit}:${path}`));

const rows = [...new Set([...now.folders.keys(), ...(before?.folders.keys() ?? [])])].sort();
const table = rows.map((folder) => ({
  folder,
  ...(before && { 'words before': before.folders.get(folder)?.words ?? 0 }),
  words: now.folders.get(folder)?.words ?? 0,
  'lines of code': now.folders.get(folder)?.lines ?? 0,
}));
const sum = (key) => table.reduce((total, row) => total + (row[key] ?? 0), 0);
table.push({
  folder: 'all',
  ...(before && { 'words before': sum('words before') }),
  words: sum('words'),
  'lines of code': sum('lines of code'),
});
console.table(table);
console.table({ ...(before && { 'README before': before.readme }), 'README now': now.readme });
