/**
 * Our own table of NCMEC's CyberTipline schema: which elements, in which order, how often, with what text. Read from the published
 * documentation of the reporting API (https://report.cybertip.org/ispws/documentation) and from clients generated from its schema
 * (GET /ispws/xsd needs an account). Only the parts a draft can hold are here. Not the authority's validator: NCMEC answers 4100 for what
 * its schema refuses, and that decides.
 */

export type TextRule =
  | { readonly kind: 'text'; readonly max?: number }
  | { readonly kind: 'one'; readonly values: readonly string[] }
  | { readonly kind: 'integer'; readonly max: number }
  | { readonly kind: 'email' | 'url'; readonly max: number }
  | { readonly kind: 'boolean' | 'dateTime' | 'hash' };

export interface ElementRule {
  readonly name: string;
  readonly required?: true;
  readonly repeats?: true;
  /** The field of our request that says it. */
  readonly asked?: string;
  /** Attributes, all of them required, with their texts. */
  readonly attributes?: Readonly<Record<string, TextRule>>;
  /** What is in it: text, elements in this order, or nothing where neither is given. */
  readonly text?: TextRule;
  readonly children?: readonly ElementRule[];
}

export const incidentTypes = [
  'Child Pornography (possession, manufacture, and distribution)',
  'Child Sex Trafficking',
  'Child Sex Tourism',
  'Child Sexual Molestation',
  'Misleading Domain Name',
  'Misleading Words or Digital Images on the Internet',
  'Online Enticement of Children for Sexual Acts',
  'Unsolicited Obscene Material Sent to a Child',
] as const;

export const reportAnnotations = [
  'sextortion',
  'csamSolicitation',
  'minorToMinorInteraction',
  'spam',
  'sadisticOnlineExploitation',
] as const;

export const fileAnnotations = [
  'animeDrawingVirtualHentai',
  'potentialMeme',
  'viral',
  'possibleSelfProduction',
  'physicalHarm',
  'violenceGore',
  'bestiality',
  'liveStreaming',
  'infant',
  'generativeAi',
] as const;

export const captureEvents = ['Login', 'Registration', 'Purchase', 'Upload', 'Other', 'Unknown'] as const;
export const industryClassifications = ['A1', 'A2', 'B1', 'B2'] as const;

/** Hexadecimal digits of the digests a draft may name. */
export const hashTypes: Readonly<Record<string, number>> = { MD5: 32, SHA1: 40, SHA256: 64 };

type Extra = Omit<ElementRule, 'name' | 'asked'>;

const text = (name: string, asked: string, max?: number, extra: Extra = {}): ElementRule => ({
  name,
  asked,
  text: max === undefined ? { kind: 'text' } : { kind: 'text', max },
  ...extra,
});
const one = (name: string, asked: string, values: readonly string[], extra: Extra = {}): ElementRule => ({
  name,
  asked,
  text: { kind: 'one', values },
  ...extra,
});
const boolean = (name: string, asked: string, extra: Extra = {}): ElementRule => ({
  name,
  asked,
  text: { kind: 'boolean' },
  ...extra,
});
const dateTime = (name: string, asked: string, extra: Extra = {}): ElementRule => ({
  name,
  asked,
  text: { kind: 'dateTime' },
  ...extra,
});
const flags = (name: string, asked: string, names: readonly string[]): ElementRule => ({
  name,
  asked,
  children: names.map((flag) => ({ name: flag })),
});

const incidentSummary: ElementRule = {
  name: 'incidentSummary',
  required: true,
  children: [
    one('incidentType', 'incident.type', incidentTypes, { required: true }),
    text('platform', 'incident.platform', 256),
    text('escalateToHighPriority', 'incident.escalateToHighPriority', 3000),
    flags('reportAnnotations', 'incident.annotations', reportAnnotations),
    dateTime('incidentDateTime', 'incident.at', { required: true }),
    text('incidentDateTimeDescription', 'incident.atDescription', 3000),
  ],
};

const internetDetails: ElementRule = {
  name: 'internetDetails',
  repeats: true,
  children: [
    {
      name: 'webPageIncident',
      required: true,
      children: [
        { name: 'url', asked: 'webPage.urls', repeats: true, text: { kind: 'text', max: 2083 } },
        text('additionalInfo', 'webPage.additionalInfo'),
      ],
    },
  ],
};

const reporter: ElementRule = {
  name: 'reporter',
  required: true,
  children: [
    {
      name: 'reportingPerson',
      required: true,
      children: [
        text('firstName', 'reporter.firstName', 100),
        text('lastName', 'reporter.lastName', 100),
        // The schema lets it be left out; without it NCMEC could not answer, so here it may not.
        { name: 'email', asked: 'reporter.email', required: true, repeats: true, text: { kind: 'email', max: 255 } },
      ],
    },
    text('companyTemplate', 'reporter.companyTemplate'),
    text('termsOfService', 'reporter.termsOfService'),
    { name: 'legalURL', asked: 'reporter.legalUrl', text: { kind: 'url', max: 2083 } },
  ],
};

const ipCaptureEvent: ElementRule = {
  name: 'ipCaptureEvent',
  repeats: true,
  children: [
    text('ipAddress', 'reportedUser.ipCaptures.ipAddress', 45, { required: true }),
    one('eventName', 'reportedUser.ipCaptures.event', captureEvents),
    dateTime('dateTime', 'reportedUser.ipCaptures.at'),
    boolean('possibleProxy', 'reportedUser.ipCaptures.possibleProxy'),
    { name: 'port', asked: 'reportedUser.ipCaptures.port', text: { kind: 'integer', max: 65_535 } },
  ],
};

const personOrUserReported: ElementRule = {
  name: 'personOrUserReported',
  children: [
    text('espIdentifier', 'reportedUser.id', 255),
    text('espService', 'reportedUser.service', 100),
    text('screenName', 'reportedUser.screenName', 256),
    ipCaptureEvent,
  ],
};

/** `POST /submit`. */
export const reportRule: ElementRule = {
  name: 'report',
  required: true,
  children: [incidentSummary, internetDetails, reporter, personOrUserReported, text('additionalInfo', 'additionalInfo')],
};

/** `POST /fileinfo`. NCMEC gives out `reportId` and `fileId` at submission and upload: until then a draft has neither. */
export const fileDetailsRule: ElementRule = {
  name: 'fileDetails',
  required: true,
  children: [
    { name: 'reportId', asked: 'file.reportId', text: { kind: 'integer', max: Number.MAX_SAFE_INTEGER } },
    text('fileId', 'file.fileId', 255),
    text('originalFileName', 'file.originalName', 2056),
    dateTime('uploadedToEspTimestamp', 'file.uploadedAt'),
    text('locationOfFile', 'file.location', 2083),
    boolean('fileViewedByEsp', 'file.viewedByEsp', { required: true }),
    boolean('exifViewedByEsp', 'file.exifViewedByEsp'),
    boolean('publiclyAvailable', 'file.publiclyAvailable'),
    one('fileRelevance', 'file.relevance', ['Reported', 'Supplemental Reported']),
    flags('fileAnnotations', 'file.annotations', fileAnnotations),
    one('industryClassification', 'industryHashSharing', industryClassifications),
    {
      name: 'originalFileHash',
      asked: 'file.hashes',
      repeats: true,
      attributes: { hashType: { kind: 'one', values: Object.keys(hashTypes) } },
      text: { kind: 'hash' },
    },
    text('additionalInfo', 'file.additionalInfo', undefined, { repeats: true }),
  ],
};

/** Both in one, for one answer of ours: an element that no schema of NCMEC knows, so that it cannot be sent by mistake. */
export const draftRule: ElementRule = {
  name: 'cyberTiplineDraft',
  attributes: { sent: { kind: 'one', values: ['false'] } },
  children: [reportRule, fileDetailsRule],
};
