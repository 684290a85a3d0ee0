import { hashTypes } from './cybertip-names.js';
import { draftRule } from './cybertip-rules.js';
import type { ElementRule, TextRule } from './element-rule.js';
import { type DraftProblem, isMissing, tooLong } from './problem.js';
import { isXmlText, type XmlElement } from './xml.js';

/** By our table of its schema (cybertip-rules.ts). Times after `now` are refused. */
export function validateCyberTip(draft: XmlElement, now: Date): DraftProblem[] {
  if (draft.name !== draftRule.name) return [{ field: draft.name, rule: `must be ${draftRule.name}` }];
  const problems = checkElement(draft, draftRule, '');
  return problems.length > 0 ? problems : checkTogether(draft, now);
}

function checkElement(found: XmlElement, rule: ElementRule, path: string): DraftProblem[] {
  const problem = (wrong: string | undefined, field = path): DraftProblem[] =>
    wrong === undefined ? [] : [{ field: field || rule.name, asked: rule.asked, rule: wrong }];
  const problems = checkAttributes(found, rule).flatMap((wrong) => problem(wrong));
  const { content } = found;
  if (rule.text) {
    return [
      ...problems,
      ...problem(typeof content === 'string' ? checkText(content, rule.text, found) : 'must contain text only'),
    ];
  }
  if (!rule.children) return [...problems, ...problem(content.length > 0 ? 'must be empty' : undefined)];
  if (typeof content === 'string') return [...problems, ...problem('must contain elements')];
  return [...problems, ...checkChildren(content, rule.children, path)];
}

function checkAttributes({ attributes }: XmlElement, rule: ElementRule): string[] {
  const known = rule.attributes ?? {};
  const unknown = Object.keys(attributes).filter((name) => known[name] === undefined);
  const wrong = Object.entries(known).flatMap(([name, text]) => {
    const value = attributes[name];
    const fault = value === undefined ? isMissing : checkText(value, text);
    return fault === undefined ? [] : [`attribute ${name} ${fault}`];
  });
  return [...unknown.map((name) => `attribute ${name} is not in the schema`), ...wrong];
}

function checkChildren(children: readonly XmlElement[], rules: readonly ElementRule[], path: string): DraftProblem[] {
  const problems: DraftProblem[] = [];
  const seen = new Set<string>();
  let last = 0;
  for (const child of children) {
    const field = join(path, child.name);
    const at = rules.findIndex(({ name }) => name === child.name);
    const rule = rules[at];
    if (!rule) problems.push({ field, rule: 'is not in the schema' });
    else {
      if (at < last) problems.push({ field, asked: rule.asked, rule: `must come before ${rules[last]?.name}` });
      if (seen.has(child.name) && !rule.repeats) problems.push({ field, asked: rule.asked, rule: 'must appear only once' });
      problems.push(...checkElement(child, rule, field));
      last = Math.max(last, at);
    }
    seen.add(child.name);
  }
  const missing = rules.filter(({ name, required }) => required && !seen.has(name));
  return [...problems, ...missing.map(({ name, asked }) => ({ field: join(path, name), asked, rule: isMissing }))];
}

const join = (path: string, name: string) => (path === '' ? name : `${path}.${name}`);

const dateTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;

function checkText(value: string, rule: TextRule, found?: XmlElement): string | undefined {
  if (!isXmlText(value)) return 'contains characters that XML 1.0 forbids';
  if (value.trim() === '') return 'is empty';
  switch (rule.kind) {
    case 'text':
      return rule.max === undefined ? undefined : tooLong(value, rule.max);
    case 'one':
      return rule.values.includes(value) ? undefined : 'is not one of the published values';
    case 'boolean':
      return value === 'true' || value === 'false' ? undefined : 'must be true or false';
    case 'integer':
      return /^\d+$/.test(value) && Number(value) <= rule.max ? undefined : `must be an integer up to ${rule.max}`;
    case 'dateTime':
      return dateTime.test(value) && !Number.isNaN(Date.parse(value)) ? undefined : 'must be a time such as 2026-11-26T08:00:00Z';
    case 'email':
      return /^[^\s@]+@[^\s@]+$/.test(value) ? tooLong(value, rule.max) : 'must be an e-mail address';
    case 'url':
      return /^https?:\/\/\S+$/.test(value) ? tooLong(value, rule.max) : 'must be an http or https URL';
    case 'hash':
      return checkHash(value, found?.attributes.hashType ?? '');
  }
}

function checkHash(value: string, type: string): string | undefined {
  const digits = hashTypes[type];
  if (digits === undefined) return undefined;
  return value.length === digits && /^[0-9a-f]+$/i.test(value) ? undefined : `must be ${digits} hexadecimal digits`;
}

export function elementsAt(root: XmlElement, ...path: readonly string[]): readonly XmlElement[] {
  let found: readonly XmlElement[] = [root];
  for (const step of path) {
    found = found.flatMap(({ content }) => (typeof content === 'string' ? [] : content.filter(({ name }) => name === step)));
  }
  return found;
}

function checkTogether(draft: XmlElement, now: Date): DraftProblem[] {
  const problems: DraftProblem[] = [];
  const textOf = (...path: readonly string[]) => elementsAt(draft, ...path)[0]?.content;
  const isThere = (...path: readonly string[]) => elementsAt(draft, ...path).length > 0;
  const times = [
    ['incident.at', 'report', 'incidentSummary', 'incidentDateTime'],
    ['file.uploadedAt', 'fileDetails', 'uploadedToEspTimestamp'],
  ] as const;
  for (const [asked, ...path] of times) {
    const time = textOf(...path);
    if (typeof time === 'string' && Date.parse(time) > now.getTime()) {
      problems.push({ field: path.join('.'), asked, rule: 'is in the future' });
    }
  }
  if (isThere('fileDetails', 'reportId') !== isThere('fileDetails', 'fileId')) {
    problems.push({
      field: 'fileDetails.fileId',
      asked: 'file.fileId',
      rule: 'needs reportId, and reportId needs fileId: send both or neither',
    });
  }
  if (textOf('fileDetails', 'fileRelevance') === 'Supplemental Reported') {
    const reserved = [['industryClassification'], ['fileAnnotations', 'potentialMeme']] as const;
    for (const path of reserved) {
      if (!isThere('fileDetails', ...path)) continue;
      problems.push({ field: ['fileDetails', ...path].join('.'), rule: 'is not allowed for a Supplemental Reported file' });
    }
  }
  return problems;
}
