import { describe, expect, it } from 'vitest';
import { draftCyberTip } from '../../../src/domain/drafts/cybertip.js';
import { validateCyberTip } from '../../../src/domain/drafts/cybertip-check.js';
import { draftRule } from '../../../src/domain/drafts/cybertip-rules.js';
import type { ElementRule } from '../../../src/domain/drafts/element-rule.js';
import { element, type XmlElement } from '../../../src/domain/drafts/xml.js';
import { now, saidOfTip, verdictOn } from './verdicts.js';

const full = draftCyberTip(verdictOn(['csam_a1'], 'remove_and_report'), saidOfTip, now);
const problemsOf = (draft: XmlElement) => validateCyberTip(draft, now).map(({ field, rule }) => `${field}: ${rule}`);

const childrenOf = ({ content }: XmlElement) => (typeof content === 'string' ? [] : content);

/** Changes or removes the first element at `path`. */
function changed(path: string, change: (found: XmlElement) => readonly XmlElement[], at: XmlElement = full): XmlElement {
  const [step, ...rest] = path.split('.');
  const children = childrenOf(at);
  const index = children.findIndex(({ name }) => name === step);
  const child = children[index];
  if (!child) throw new Error(`the complete draft has no ${path}`);
  const replaced = rest.length === 0 ? change(child) : [changed(rest.join('.'), change, child)];
  return { ...at, content: [...children.slice(0, index), ...replaced, ...children.slice(index + 1)] };
}

const withText = (path: string, text: string) => changed(path, (found) => [{ ...found, content: text }]);

interface Placed {
  readonly path: string;
  readonly rule: ElementRule;
}

function placed(rule: ElementRule = draftRule, path = ''): Placed[] {
  return (rule.children ?? []).flatMap((child) => {
    const at = path === '' ? child.name : `${path}.${child.name}`;
    return [{ path: at, rule: child }, ...placed(child, at)];
  });
}

const isFlag = ({ rule }: Placed) => !rule.text && !rule.children;
const all = placed().filter((one) => !isFlag(one));
const pathsOf = (some: readonly Placed[]) => some.map(({ path }) => path);
const byKind = (kind: string) => all.filter(({ rule }) => rule.text?.kind === kind);
const limited = all.flatMap(({ path, rule }) =>
  rule.text?.kind === 'text' && rule.text.max ? [[path, rule.text.max] as const] : [],
);
const parents = all.filter(({ rule }) => (rule.children?.length ?? 0) > 1 && rule.children?.some(({ text }) => text));

describe('validateCyberTip', () => {
  it('accepts a draft with every element of the table', () => {
    expect(problemsOf(full)).toEqual([]);
    for (const { path } of all) changed(path, (found) => [found]);
  });

  it.each(pathsOf(all.filter(({ rule }) => rule.required)))('requires %s', (path) => {
    expect(problemsOf(changed(path, () => []))).toContain(`${path}: is missing`);
  });

  it.each(pathsOf(all.filter(({ rule }) => !rule.required && !/reportId|fileId/.test(rule.name))))(
    'accepts a draft without %s',
    (path) => {
      const draft = path.endsWith('originalFileHash') ? full : changed(path, () => []);
      expect(problemsOf(draft)).toEqual([]);
    },
  );

  it.each(pathsOf(all.filter(({ rule }) => !rule.repeats)))('refuses a second %s', (path) => {
    expect(problemsOf(changed(path, (found) => [found, found]))).toContain(`${path}: must appear only once`);
  });

  it.each(pathsOf(parents))('refuses any two swapped neighbours in %s', (path) => {
    const children = childrenOf(at(path));
    for (let index = 1; index < children.length; index++) {
      const [one, other] = [children[index - 1], children[index]];
      if (!one || !other || one.name === other.name) continue;
      const turned = [...children.slice(0, index - 1), other, one, ...children.slice(index + 1)];
      const problems = problemsOf(changed(path, (found) => [{ ...found, content: turned }]));
      expect(problems).toEqual([`${path}.${one.name}: must come before ${other.name}`]);
    }
  });

  it.each(pathsOf(all.filter(({ rule }) => rule.children)))('refuses an unknown element in %s', (path) => {
    const draft = changed(path, (found) => [{ ...found, content: [...childrenOf(found), element('other')] }]);
    expect(problemsOf(draft)).toEqual([`${path}.other: is not in the schema`]);
  });

  it.each(limited)('accepts %s with up to %i characters', (path, max) => {
    expect(problemsOf(withText(path, '\u{1f30d}'.repeat(max)))).toEqual([]);
    expect(problemsOf(withText(path, 'é'.repeat(max + 1)))).toEqual([`${path}: has ${max + 1} characters, the limit is ${max}`]);
  });

  it.each(pathsOf(all.filter(({ rule }) => rule.text)))(
    'refuses %s that is empty or contains characters that XML forbids',
    (path) => {
      expect(problemsOf(withText(path, ' '))).toEqual([`${path}: is empty`]);
      expect(problemsOf(withText(path, '\0'))).toEqual([`${path}: contains characters that XML 1.0 forbids`]);
    },
  );

  it.each(pathsOf(byKind('one')))('refuses a value of %s that is not published', (path) => {
    expect(problemsOf(withText(path, 'A3'))).toEqual([`${path}: is not one of the published values`]);
  });

  it.each(pathsOf(byKind('boolean')))('refuses a value of %s other than true or false', (path) => {
    expect(problemsOf(withText(path, '1'))).toEqual([`${path}: must be true or false`]);
  });

  it.each(pathsOf(byKind('dateTime')))('refuses %s without a zone or with an impossible date', (path) => {
    for (const time of ['2026-11-22T08:00:00', '2026-11-22', '2026-13-22T08:00:00Z']) {
      expect(problemsOf(withText(path, time))).toEqual([`${path}: must be a time such as 2026-11-26T08:00:00Z`]);
    }
    expect(problemsOf(withText(path, '2026-11-22T08:00:00-07:00'))).toEqual([]);
  });

  it.each([
    ['report.reporter.reportingPerson.email', 'nobody', 'must be an e-mail address'],
    ['report.reporter.legalURL', 'ftp://example.test', 'must be an http or https URL'],
    ['report.personOrUserReported.ipCaptureEvent.port', '65536', 'must be an integer up to 65535'],
    ['fileDetails.reportId', '-1', 'must be an integer up to 9007199254740991'],
    ['fileDetails.originalFileHash', '1'.repeat(31), 'must be 32 hexadecimal digits'],
    ['fileDetails.originalFileHash', `${'1'.repeat(31)}g`, 'must be 32 hexadecimal digits'],
    ['report.incidentSummary.incidentDateTime', '2026-11-26T10:00:01Z', 'is in the future'],
    ['fileDetails.uploadedToEspTimestamp', '2026-11-26T10:00:01Z', 'is in the future'],
  ])('refuses %s that is %s', (path, text, rule) => {
    expect(problemsOf(withText(path, text))).toEqual([`${path}: ${rule}`]);
  });

  it('refuses a hash without a type, with an unknown type, or with other attributes', () => {
    const typed = (attributes: Record<string, string>) =>
      problemsOf(changed('fileDetails.originalFileHash', (found) => [{ ...found, attributes }]));
    expect(typed({})).toEqual(['fileDetails.originalFileHash: attribute hashType is missing']);
    expect(typed({ hashType: 'PDQ' })).toEqual([
      'fileDetails.originalFileHash: attribute hashType is not one of the published values',
    ]);
    expect(typed({ hashType: 'MD5', from: 'a list' })).toEqual([
      'fileDetails.originalFileHash: attribute from is not in the schema',
    ]);
  });

  it('refuses fileId without reportId, and reportId without fileId', () => {
    const expected = ['fileDetails.fileId: needs reportId, and reportId needs fileId: send both or neither'];
    expect(problemsOf(changed('fileDetails.fileId', () => []))).toEqual(expected);
    expect(problemsOf(changed('fileDetails.reportId', () => []))).toEqual(expected);
  });

  it('refuses a classification or a meme flag for a supplemental file', () => {
    const supplemental = withText('fileDetails.fileRelevance', 'Supplemental Reported');
    const rule = 'is not allowed for a Supplemental Reported file';
    expect(problemsOf(supplemental)).toEqual([`fileDetails.industryClassification: ${rule}`]);
    const meme = changed(
      'fileDetails.fileAnnotations',
      () => [element('fileAnnotations', [element('potentialMeme')])],
      supplemental,
    );
    expect(problemsOf(meme)).toContain(`fileDetails.fileAnnotations.potentialMeme: ${rule}`);
  });

  it('refuses text instead of elements, elements instead of text, and a flag with content', () => {
    expect(problemsOf(withText('report.incidentSummary', 'text'))).toEqual(['report.incidentSummary: must contain elements']);
    const nested = changed('report.additionalInfo', (found) => [{ ...found, content: [element('b')] }]);
    expect(problemsOf(nested)).toEqual(['report.additionalInfo: must contain text only']);
    expect(problemsOf(withText('fileDetails.fileAnnotations.viral', 'true'))).toEqual([
      'fileDetails.fileAnnotations.viral: must be empty',
    ]);
  });

  it('refuses another root element or attribute', () => {
    expect(problemsOf(element('report'))).toEqual(['report: must be cyberTiplineDraft']);
    expect(problemsOf({ ...full, attributes: { sent: 'true' } })).toEqual([
      'cyberTiplineDraft: attribute sent is not one of the published values',
    ]);
  });
});

function at(path: string): XmlElement {
  let found = full;
  for (const step of path.split('.')) found = childrenOf(found).find(({ name }) => name === step) ?? element(step);
  return found;
}
