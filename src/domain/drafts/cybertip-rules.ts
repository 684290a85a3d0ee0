/**
 * Each field of a CyberTipline report once: request schema, types, element order and rules derive from this table.
 *
 * Sources: NCMEC's documentation (https://report.cybertip.org/ispws/documentation) and clients generated from its schema, because the
 * schema itself (GET /ispws/xsd) needs an account. NCMEC has the last word.
 */
import { z } from 'zod';
import {
  boolean,
  digests,
  email,
  flags,
  group,
  groups,
  integer,
  ipAddress,
  one,
  rulesOf,
  text,
  texts,
  time,
  url,
} from './cybertip-fields.js';
import {
  captureEvents,
  fileAnnotations,
  fileRelevances,
  incidentTypes,
  industryClassifications,
  reportAnnotations,
} from './cybertip-names.js';
import type { ElementRule } from './element-rule.js';
import { computed, requestShape } from './request-fields.js';

const incident = {
  type: one('incidentType', incidentTypes, { required: true, default: '`child_pornography`, the term in US law' }),
  platform: text('platform', 256, { about: 'The application where it happened.' }),
  escalateToHighPriority: text('escalateToHighPriority', 3000, {
    about: 'Why this is urgent, for example: a child is at risk now.',
  }),
  annotations: flags('reportAnnotations', reportAnnotations),
  at: time('incidentDateTime', { required: true, default: 'the time of the upload, else the time of the match' }),
  atDescription: text('incidentDateTimeDescription', 3000, { about: 'Which event the time `at` refers to.' }),
};

const webPage = {
  urls: texts('webPageIncident/url', 2083),
  additionalInfo: text('webPageIncident/additionalInfo'),
};

const reporter = {
  firstName: text('reportingPerson/firstName', 100),
  lastName: text('reportingPerson/lastName', 100),
  // Optional in NCMEC's schema, but NCMEC could not answer without it.
  email: email('reportingPerson/email', 255, { required: true, repeats: true }),
  companyTemplate: text('companyTemplate', undefined, { about: 'Text that the company puts into each of its reports.' }),
  termsOfService: text('termsOfService'),
  legalUrl: url('legalURL', 2083),
};

const ipCapture = {
  ipAddress: ipAddress('ipAddress'),
  event: one('eventName', captureEvents),
  at: time('dateTime'),
  possibleProxy: boolean('possibleProxy'),
  port: integer('port', 65_535),
};

const reportedUser = {
  id: text('espIdentifier', 255, { about: "The user's id in the platform's own system." }),
  service: text('espService', 100, { about: 'The product or service that the user used.' }),
  screenName: text('screenName', 256),
  ipCaptures: groups('ipCaptureEvent', ipCapture),
};

const file = {
  reportId: integer('reportId', Number.MAX_SAFE_INTEGER, {
    about: 'Assigned by NCMEC at submission. Send it together with `fileId`.',
  }),
  fileId: text('fileId', 255, { about: 'Assigned by NCMEC at upload. Send it together with `reportId`.' }),
  originalName: text('originalFileName', 2056),
  uploadedAt: time('uploadedToEspTimestamp'),
  location: text('locationOfFile', 2083),
  viewedByEsp: boolean('fileViewedByEsp', {
    required: true,
    about: 'Whether a person at the platform looked at the whole file.',
    default: 'false',
  }),
  exifViewedByEsp: boolean('exifViewedByEsp', { about: "Whether a person at the platform looked at the file's EXIF data." }),
  publiclyAvailable: boolean('publiclyAvailable'),
  relevance: computed(one('fileRelevance', fileRelevances)),
  annotations: flags('fileAnnotations', fileAnnotations),
  classification: computed(one('industryClassification', industryClassifications)),
  hashes: digests('originalFileHash', { about: 'Digests of the file as it was uploaded.' }),
  additionalInfo: text('additionalInfo', undefined, { repeats: true }),
};

export const cyberTipFields = {
  incident: group('report/incidentSummary', incident, { required: true }),
  webPage: group('report/internetDetails', webPage, { repeats: true, about: 'The web page where the file was found.' }),
  reporter: group('report/reporter', reporter, { required: true, about: 'The person and the company that report.' }),
  reportedUser: group('report/personOrUserReported', reportedUser),
  additionalInfo: text('report/additionalInfo'),
  file: group('fileDetails', file, { required: true }),
};

export const cyberTipRequestSchema = z.strictObject({
  ...requestShape(cyberTipFields),
  industryHashSharing: z
    .boolean()
    .optional()
    .describe(
      "True: the platform has joined NCMEC's industry hash sharing, so the draft states the A1-B2 classification. Default: false.",
    ),
});

export type CyberTipFacts = z.output<typeof cyberTipRequestSchema>;

/** NCMEC knows no such root element, so nobody can send the draft by mistake. */
export const draftRule: ElementRule = {
  name: 'cyberTiplineDraft',
  attributes: { sent: { kind: 'one', values: ['false'] } },
  children: rulesOf(cyberTipFields),
};
