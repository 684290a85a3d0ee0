import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openApiDocument } from '../../src/build/openapi-document.js';
import { algorithms } from '../../src/domain/algorithms/registry.js';
import { errorTable } from '../../src/domain/errors.js';
import { contentClasses } from '../../src/domain/list.js';
import { regimeIds } from '../../src/domain/regimes.js';
import { unscannableReasons, verdictNames } from '../../src/domain/verdict.js';
import { allPages, pageOf } from './pages.js';

const index = pageOf('docs/api.md');
const topics = allPages().filter(({ file }) => file.startsWith('docs/api/'));
const endpoint = /`((?:GET|POST|PUT|PATCH|DELETE) \/[^`?]*)`/g;
const topicOf = (name: string) => topics.find(({ file }) => file.endsWith(`/${name}.md`))?.text ?? '';

function endpointsIn(text: string): string[] {
  return [...text.matchAll(endpoint)].map(([, name = '']) => name).sort();
}

async function servedEndpoints(): Promise<string[]> {
  const { paths } = z.object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) }).parse(await openApiDocument());
  return Object.entries(paths)
    .flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`))
    .sort();
}

describe('the API reference', () => {
  let served: string[];
  beforeAll(async () => {
    served = await servedEndpoints();
  });

  it('lists every endpoint of the OpenAPI document in its index, and no other', () => {
    const rows = index.text.split('\n').filter((line) => line.startsWith('| `'));
    expect(endpointsIn(rows.join('\n'))).toEqual(served);
  });

  it('has one section for every endpoint of the OpenAPI document, and for no other', () => {
    const headings = topics.flatMap(({ text }) => text.split('\n').filter((line) => /^#{2,3} /.test(line)));
    expect(endpointsIn(headings.join('\n'))).toEqual(served);
  });

  it.each([
    ['the role', /\*\*Role\*\*:/],
    ['the answer', /\*\*Answer\*\*:/],
    ['the errors', /\*\*Errors\*\*:/],
    ['an example', /^```\w*\n[\s\S]+?^```$/m],
  ])('has %s in the section of every endpoint', (_what, pattern) => {
    const sections = topics
      .flatMap(({ text }) => text.split(/^(?=#{2,3} )/m))
      .filter((section) => /^#+ `[A-Z]+ \//.test(section));
    expect(sections).not.toEqual([]);
    expect(sections.filter((section) => !pattern.test(section)).map((section) => section.split('\n')[0])).toEqual([]);
  });
});

describe('a table of the API reference', () => {
  const firstCells = (text: string) =>
    [...text.matchAll(/^\| ((?:`[\w]+`(?:, )?)+) \|/gm)].flatMap(([, cell = '']) => cell.match(/\w+/g) ?? []);

  it('names every error code with its status, and no other', () => {
    const rows = [...topicOf('errors').matchAll(/^\| `(\w+)` \| (\d{3}) \|/gm)].map(([, code, status]) => `${code} ${status}`);
    expect(rows.sort()).toEqual(
      Object.entries(errorTable)
        .map(([code, { status }]) => `${code} ${status}`)
        .sort(),
    );
  });

  it.each([
    ['matching', 'algorithm', algorithms],
    ['matching', 'verdict', verdictNames],
    ['matching', 'reason', unscannableReasons],
    ['lists', 'class', contentClasses],
    ['legal', 'regime', regimeIds],
  ])('in %s.md names every %s', (topic, _what, names) => {
    expect(firstCells(topicOf(topic))).toEqual(expect.arrayContaining([...names]));
  });
});

it.each(topics)('the examples in $file are JSON', ({ text }) => {
  for (const [, example = ''] of text.matchAll(/^```json\n([\s\S]*?)^```$/gm)) expect(() => JSON.parse(example)).not.toThrow();
});
