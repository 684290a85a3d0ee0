/** VICS JSON of Project VIC: hash sets (`#Media`) and cases (`#Cases`), of the data models 1.2, 1.3 and 2.0. */
import type { SourceCode } from '../domain/entry.js';
import { dayOf } from './dates.js';
import { type Format, FormatError, type ReadItem, type SourceFacts, type SourceFile } from './format.js';
import { HashCollector } from './hash-text.js';
import { type JsonFrame, jsonFrames } from './json-frames.js';
import { invalid, known, listed, readFlag, readLine } from './record.js';
import { textOf } from './text.js';
import { defaultScheme, writeVics } from './vics-writer.js';

const name = 'vics';
/** Members that hold image data. */
const imageData = ['miniature', 'thumbnail', 'imagedata'];
const frameOptions = { format: name, arrays: ['value', 'value.media'], dropped: imageData };
const contextNames = ['@odata.context', 'odata.context', 'odata.metadata', '@odata.metadata'];
const context = /ProjectVic\/DataModels\/([\w.]+?)\.xml(?:\/(\w+))?(?:\/\$metadata)?#(?:Media|Cases)$/i;
const versions = ['1.2', '1.3', '2.0'];

/** What the records of a file have in common. */
interface Surroundings {
  readonly scheme: string;
  readonly caseId: string | null;
  readonly provenance: { readonly unit?: string; readonly reference?: string };
}

export const vics: Format = {
  name,
  title: 'VICS JSON (Project VIC) 1.2, 1.3 and 2.0',
  carries: {
    algorithms: ['md5', 'sha1', 'sha256', 'photodna', 'pdq', 'blockhash'],
    fields: ['sourceCodes', 'series', 'victimIdentified', 'offenderIdentified', 'distributed'],
    schemes: ['vics-default-2', 'vics-us-2', 'vics-uk-2', 'vics-custom-2'],
    defaultScheme,
  },
  detect(head) {
    const text = textOf(head);
    return text.startsWith('{') && /ProjectVic\/DataModels\/|"MediaID"\s*:|"Media"\s*:\s*\[/i.test(text);
  },
  read: readVics,
  write: writeVics,
};

async function* readVics(file: SourceFile): AsyncGenerator<ReadItem[]> {
  let around: Surroundings | undefined;
  for await (const frames of jsonFrames(file, frameOptions)) {
    const items: ReadItem[] = [];
    for (const frame of frames) {
      if (frame.kind === 'open') around = await surroundingsOf(frame, around, file);
      else if (frame.kind === 'element' && !frame.split) items.push(itemOf(frame, around));
      else if (frame.kind === 'document') schemeOf(frame.value);
    }
    if (items.length > 0) yield items;
  }
}

async function surroundingsOf(
  { array, before }: JsonFrame & { kind: 'open' },
  around: Surroundings | undefined,
  file: SourceFile,
): Promise<Surroundings> {
  if (array === 'value') {
    // A producer may write the context last. Only a second reading then tells what the categories mean.
    const scheme = contextOf(before) === undefined ? await schemeAtTheEnd(file) : schemeOf(before);
    return { scheme, caseId: null, provenance: {} };
  }
  const header = membersOf(before);
  const provenance = {
    unit: readLine(header.get('contactorganization')) ?? undefined,
    reference: readLine(header.get('casenumber')) ?? undefined,
  };
  return { scheme: around?.scheme ?? '', caseId: readLine(header.get('caseid')), provenance: known(provenance) };
}

async function schemeAtTheEnd(file: SourceFile): Promise<string> {
  for await (const frames of jsonFrames(file, frameOptions)) {
    for (const frame of frames) if (frame.kind === 'document') return schemeOf(frame.value);
  }
  throw new FormatError('header', name, null, 'names no VICS data model in @odata.context');
}

function contextOf(root: unknown): unknown {
  const members = membersOf(root);
  return contextNames.map((member) => members.get(member)).find((value) => value !== undefined);
}

function schemeOf(root: unknown): string {
  const [, version = '', schema = 'default'] = context.exec(String(contextOf(root) ?? '')) ?? [];
  if (!versions.includes(version)) {
    const found = version === '' ? 'names no VICS data model in @odata.context' : `has the VICS data model ${version}`;
    throw new FormatError('header', name, null, `${found}; Vigie reads ${versions.join(', ')}`);
  }
  return version === '2.0' ? `vics-${schema.toLowerCase()}-2` : `vics-${version}`;
}

const lowerNames = new Map<string, string>();

/** Names of members in lower case. Of two that differ in case only, the first counts. */
function membersOf(value: unknown): Map<string, unknown> {
  const members = new Map<string, unknown>();
  if (typeof value !== 'object' || value === null) return members;
  for (const [key, member] of Object.entries(value)) {
    const lower = lowerNames.get(key) ?? remember(key);
    if (!members.has(lower)) members.set(lower, member);
  }
  return members;
}

/** Files repeat a few names millions of times; a hostile one has millions of names. */
function remember(key: string): string {
  const lower = key.toLowerCase();
  if (lowerNames.size < 500) lowerNames.set(key, lower);
  return lower;
}

function itemOf({ value, at, dropped }: JsonFrame & { kind: 'element' }, around: Surroundings | undefined): ReadItem {
  const position = { byte: at };
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return invalid(position, 'expected an object');
  const members = membersOf(value);
  const date = dayOf(members.get('dateupdated'));
  const tags = tagsOf(members.get('tags'));
  return listed(position, hashesOf(members), codesOf(members.get('category'), around?.scheme ?? ''), {
    sourceId: sourceIdOf(members.get('mediaid'), around?.caseId ?? null),
    series: readLine(members.get('series')),
    provenance: { ...around?.provenance, ...(date !== null && { date }), ...(tags !== null && { tags }) },
    facts: factsOf(members),
    skippedImageData: dropped || imageData.some((member) => Boolean(members.get(member))),
  });
}

function hashesOf(members: Map<string, unknown>): HashCollector {
  const found = new HashCollector();
  for (const algorithm of ['md5', 'sha1', 'sha256', 'photodna'] as const) found.add(algorithm, members.get(algorithm));
  const others = members.get('alternativehashes');
  for (const other of Array.isArray(others) ? others : []) {
    const { hashname, hashvalue } = Object.fromEntries(membersOf(other));
    if (typeof hashname === 'string') found.addNamed(hashname, hashvalue);
  }
  return found;
}

/** A missing category is not 0. */
function codesOf(category: unknown, scheme: string): SourceCode[] {
  const code = readLine(category)?.slice(0, 64);
  return code === undefined ? [] : [{ scheme, code }];
}

/** Null also for a number that JavaScript cannot hold: two records would become one. */
function sourceIdOf(id: unknown, caseId: string | null): string | null {
  if (typeof id === 'number' && !Number.isSafeInteger(id)) return null;
  const text = readLine(id);
  return text === null || caseId === null ? text : `${caseId}/${text}`;
}

function factsOf(members: Map<string, unknown>): SourceFacts {
  return known<SourceFacts>({
    victimIdentified: readFlag(members.get('victimidentified')),
    offenderIdentified: readFlag(members.get('offenderidentified')),
    distributed: readFlag(members.get('isdistributed')),
  });
}

function tagsOf(tags: unknown): string | null {
  return readLine(Array.isArray(tags) ? tags.filter((tag) => typeof tag === 'string').join('|') : tags);
}
