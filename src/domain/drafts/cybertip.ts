/** The draft of a report to NCMEC's CyberTipline: a verdict, and what the platform says of it. */
import { decidingClasses, decidingMatches, industryClassOf, isSynthetic } from './classes.js';
import { fileAnnotations, reportAnnotations } from './cybertip-rules.js';
import type { DraftedVerdict } from './statement.js';
import { element, textElement, type XmlElement } from './xml.js';

/** What only the platform knows. */
export interface CyberTipFacts {
  readonly incident?: Incident | undefined;
  readonly webPage?: { readonly urls?: readonly string[] | undefined; readonly additionalInfo?: string | undefined } | undefined;
  readonly reporter?: Reporter | undefined;
  readonly reportedUser?: ReportedUser | undefined;
  readonly file?: ReportedFile | undefined;
  /** The platform has joined NCMEC's industry hash sharing: the documentation keeps the classification for those that have. */
  readonly industryHashSharing?: boolean | undefined;
  readonly additionalInfo?: string | undefined;
}

export interface Incident {
  readonly type?: string | undefined;
  readonly platform?: string | undefined;
  readonly escalateToHighPriority?: string | undefined;
  readonly annotations?: readonly string[] | undefined;
  readonly at?: Date | undefined;
  readonly atDescription?: string | undefined;
}

export interface Reporter {
  readonly firstName?: string | undefined;
  readonly lastName?: string | undefined;
  readonly email?: string | undefined;
  readonly companyTemplate?: string | undefined;
  readonly termsOfService?: string | undefined;
  readonly legalUrl?: string | undefined;
}

export interface ReportedUser {
  readonly id?: string | undefined;
  readonly service?: string | undefined;
  readonly screenName?: string | undefined;
  readonly ipCaptures?: readonly IpCapture[] | undefined;
}

export interface IpCapture {
  readonly ipAddress?: string | undefined;
  readonly event?: string | undefined;
  readonly at?: Date | undefined;
  readonly possibleProxy?: boolean | undefined;
  readonly port?: number | undefined;
}

export interface ReportedFile {
  readonly reportId?: number | undefined;
  readonly fileId?: string | undefined;
  readonly originalName?: string | undefined;
  readonly uploadedAt?: Date | undefined;
  readonly location?: string | undefined;
  readonly viewedByEsp?: boolean | undefined;
  readonly exifViewedByEsp?: boolean | undefined;
  readonly publiclyAvailable?: boolean | undefined;
  readonly annotations?: readonly string[] | undefined;
  /** Of the file as it was uploaded, sent with this very call: nothing of a list is ever reported. */
  readonly hashes?:
    | { readonly md5?: string | undefined; readonly sha1?: string | undefined; readonly sha256?: string | undefined }
    | undefined;
  readonly additionalInfo?: string | undefined;
}

/** Clocks of platforms may be that far ahead of ours, in ms; NCMEC refuses times in the future. */
const skewMs = 60_000;

/**
 * Drafts `<report>` and `<fileDetails>`, in the order of NCMEC's schema, in one element that is neither. What is not known is left out, and
 * `validateCyberTip` then names it.
 */
export function draftCyberTip(verdict: DraftedVerdict, said: CyberTipFacts, now: Date): XmlElement {
  return element('cyberTiplineDraft', [reportOf(verdict, said, now), fileDetailsOf(verdict, said)], { sent: 'false' });
}

function reportOf(verdict: DraftedVerdict, said: CyberTipFacts, now: Date): XmlElement {
  return element('report', [
    incidentOf(verdict, said, now),
    webPageOf(said),
    reporterOf(said.reporter ?? {}),
    reportedUserOf(said.reportedUser),
    textElement('additionalInfo', said.additionalInfo),
  ]);
}

function incidentOf({ answeredAt }: DraftedVerdict, { incident = {}, file = {} }: CyberTipFacts, now: Date): XmlElement {
  const at = incident.at ?? file.uploadedAt;
  const whenMatched = 'The time at which the file was matched.';
  return element('incidentSummary', [
    textElement('incidentType', incident.type ?? 'Child Pornography (possession, manufacture, and distribution)'),
    textElement('platform', incident.platform),
    textElement('escalateToHighPriority', incident.escalateToHighPriority),
    flagsOf('reportAnnotations', reportAnnotations, incident.annotations),
    textElement('incidentDateTime', xmlTime(notAhead(at ?? answeredAt, now))),
    textElement('incidentDateTimeDescription', incident.atDescription ?? (at === undefined ? whenMatched : undefined)),
  ]);
}

/** A time that is ahead by no more than clocks differ becomes one second ago. */
function notAhead(time: Date, now: Date): Date {
  const ahead = time.getTime() - now.getTime();
  return ahead > -1_000 && ahead <= skewMs ? new Date(now.getTime() - 1_000) : time;
}

function webPageOf({ webPage }: CyberTipFacts): XmlElement | undefined {
  if (!webPage) return undefined;
  const urls = (webPage.urls ?? []).map((url) => textElement('url', url));
  const incident = element('webPageIncident', [...urls, textElement('additionalInfo', webPage.additionalInfo)]);
  return element('internetDetails', [incident]);
}

function reporterOf({ firstName, lastName, email, companyTemplate, termsOfService, legalUrl }: Reporter): XmlElement {
  return element('reporter', [
    element('reportingPerson', [
      textElement('firstName', firstName),
      textElement('lastName', lastName),
      textElement('email', email),
    ]),
    textElement('companyTemplate', companyTemplate),
    textElement('termsOfService', termsOfService),
    textElement('legalURL', legalUrl),
  ]);
}

function reportedUserOf(user: ReportedUser | undefined): XmlElement | undefined {
  if (!user) return undefined;
  return element('personOrUserReported', [
    textElement('espIdentifier', user.id),
    textElement('espService', user.service),
    textElement('screenName', user.screenName),
    ...(user.ipCaptures ?? []).map((capture) =>
      element('ipCaptureEvent', [
        textElement('ipAddress', capture.ipAddress),
        textElement('eventName', capture.event),
        textElement('dateTime', capture.at && xmlTime(capture.at)),
        textElement('possibleProxy', capture.possibleProxy),
        textElement('port', capture.port),
      ]),
    ),
  ]);
}

function fileDetailsOf(verdict: DraftedVerdict, { file = {}, industryHashSharing = false }: CyberTipFacts): XmlElement {
  const { md5, sha1, sha256 } = file.hashes ?? {};
  const isGenerated = decidingClasses(verdict.verdict, verdict.matches).some(isSynthetic);
  const annotations = [...(file.annotations ?? []), ...(isGenerated ? ['generativeAi'] : [])];
  return element('fileDetails', [
    textElement('reportId', file.reportId),
    textElement('fileId', file.fileId),
    textElement('originalFileName', file.originalName),
    textElement('uploadedToEspTimestamp', file.uploadedAt && xmlTime(file.uploadedAt)),
    textElement('locationOfFile', file.location),
    // Never assumed: whether a person saw the file decides who may open it without a warrant (US v. Wilson, 9th Cir. 2021).
    textElement('fileViewedByEsp', file.viewedByEsp ?? false),
    textElement('exifViewedByEsp', file.exifViewedByEsp),
    textElement('publiclyAvailable', file.publiclyAvailable),
    textElement('fileRelevance', 'Reported'),
    flagsOf('fileAnnotations', fileAnnotations, annotations),
    industryHashSharing ? textElement('industryClassification', industryClassificationOf(verdict)) : undefined,
    ...Object.entries({ MD5: md5, SHA1: sha1, SHA256: sha256 }).map(([hashType, digest]) =>
      digest === undefined ? undefined : element('originalFileHash', digest, { hashType }),
    ),
    textElement('additionalInfo', file.additionalInfo),
  ]);
}

/** What the entries say, where those that decided say one thing. */
function industryClassificationOf({ verdict, matches }: DraftedVerdict): string | undefined {
  const said = new Set(decidingMatches(verdict, matches).flatMap((match) => industryClassOf(match.class) ?? []));
  return said.size === 1 ? [...said][0] : undefined;
}

/** Empty elements, in the order of the schema whatever the order they were said in. */
function flagsOf(name: string, known: readonly string[], said: readonly string[] = []): XmlElement | undefined {
  const flags = known.filter((flag) => said.includes(flag));
  return flags.length > 0
    ? element(
        name,
        flags.map((flag) => element(flag)),
      )
    : undefined;
}

/** xs:dateTime in UTC, to the second. */
function xmlTime(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, 'Z');
}
