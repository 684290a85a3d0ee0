import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FormatError } from '../../src/formats/format.js';
import { jsonFrames } from '../../src/formats/json-frames.js';
import { sourceOf } from './reading.js';

const options = { format: 'test', arrays: ['value', 'value.media'], dropped: ['miniature'] };

interface Cut {
  readonly elements: unknown[];
  readonly media: unknown[];
  readonly document: unknown;
}

async function cut(text: string, chunkBytes = 1 << 16): Promise<Cut> {
  const [elements, media]: [unknown[], unknown[]] = [[], []];
  let document: unknown;
  for await (const frames of jsonFrames(sourceOf(text, chunkBytes), options)) {
    for (const frame of frames) {
      if (frame.kind === 'document') document = frame.value;
      if (frame.kind === 'element') (frame.array === 'value' ? elements : media).push(frame.value);
    }
  }
  return { elements, media, document };
}

/** What the cut must give, by parsing the whole text at once. Undefined: the text is no JSON object. */
function parsed(text: string): Cut | undefined {
  try {
    const root: unknown = JSON.parse(text);
    if (typeof root !== 'object' || root === null || Array.isArray(root)) return undefined;
    const { value } = root as { value?: unknown };
    if (!Array.isArray(value)) return { elements: [], media: [], document: root };
    const media = value.flatMap((element: { media?: unknown } | null) => (Array.isArray(element?.media) ? element.media : []));
    const elements = value.map((element: { media?: unknown } | null) =>
      Array.isArray(element?.media) ? { ...element, media: [] } : element,
    );
    return { elements, media, document: { ...root, value: [] } };
  } catch {
    return undefined;
  }
}

// Names without "value" and "media": a name that occurs twice, of which JSON.parse keeps the last, is not compared here.
const text = fc.string({ unit: fc.constantFrom(...'ab"\\,:{}[] é\n'), maxLength: 6 });
const json = fc.jsonValue({ maxDepth: 2, stringUnit: fc.constantFrom(...'ab"\\,:{}[] é\n') });
const element = fc.oneof(
  json,
  fc.record({ id: fc.nat(9), media: fc.array(json, { maxLength: 3 }), after: text }, { requiredKeys: ['id'] }),
);
const documents = fc
  .record({ before: text, value: fc.array(element, { maxLength: 4 }), after: json }, { requiredKeys: ['value'] })
  .map((document) => ({ document, indent: JSON.stringify(document).length % 3 }))
  .map(({ document, indent }) => JSON.stringify(document, null, indent));

describe('jsonFrames', () => {
  it('gives what JSON.parse gives, in chunks of any size', async () => {
    await fc.assert(
      fc.asyncProperty(documents, fc.integer({ min: 1, max: 40 }), async (document, chunk) => {
        expect(await cut(document, chunk)).toEqual(parsed(document));
      }),
      { numRuns: 500 },
    );
  });

  it('refuses what JSON.parse refuses', async () => {
    const damage = fc.record({
      at: fc.nat(200),
      remove: fc.nat(2),
      insert: fc.constantFrom('', '"', '{', '}', '[', ']', ',', ':', '\\', '0'),
    });
    await fc.assert(
      fc.asyncProperty(documents, damage, async (document, { at, remove, insert }) => {
        const place = at % document.length;
        const damaged = document.slice(0, place) + insert + document.slice(place + remove);
        const found = await cut(damaged, 7).catch((error: unknown) => error);
        if (parsed(damaged) === undefined) expect(found).toBeInstanceOf(FormatError);
        else if (!/"(value|media)"/.test(damaged.replace('"value"', '').replaceAll('"media"', ''))) {
          expect(found).not.toBeInstanceOf(FormatError);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([
    ['an array', '[]'],
    ['nothing', ''],
    ['a number', '7'],
  ])('refuses %s', async (_what, content) => {
    await expect(cut(content)).rejects.toBeInstanceOf(FormatError);
  });

  it('refuses a million open brackets', async () => {
    await expect(cut(`{"value":[${'['.repeat(1_000_000)}`)).rejects.toThrow('brackets are nested deeper than 64');
  });

  it('refuses an element of more than 16 MB', async () => {
    const paths = Array.from({ length: 20 }, () => 'x'.repeat(900_000));
    await expect(cut(JSON.stringify({ value: [{ paths }] }))).rejects.toThrow('an element is longer than 16000000 bytes');
  });

  it('drops image data with quotes and backslashes in chunks of any size', async () => {
    const miniature = '\\"'.repeat(600_000);
    for (const chunk of [65_535, 65_536, 99_991]) {
      const { elements } = await cut(JSON.stringify({ value: [{ miniature, id: 1 }, { id: 2 }] }), chunk);
      expect(elements).toEqual([{ miniature: '', id: 1 }, { id: 2 }]);
    }
  });
});
