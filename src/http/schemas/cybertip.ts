import { z } from 'zod';
import { hexLength } from '../../domain/algorithms/registry.js';
import { captureEvents, fileAnnotations, incidentTypes, reportAnnotations } from '../../domain/drafts/cybertip-rules.js';

/** Longer than any text with a limit; the table of rules names the limit of each. Reports may quote terms of service. */
const text = z.string().max(50_000, 'must have at most 50000 characters');
const time = z.iso
  .datetime({ offset: true, error: 'must be a time with its zone, such as 2026-11-23T12:00:00Z' })
  .transform((at) => new Date(at));

/** `Upload` as `upload`, `csamSolicitation` as `csam_solicitation`. */
const ours = (name: string) =>
  name
    .replace(/\s*\(.*\)/, '')
    .replace(/[ ]/g, '_')
    .replace(/(?<=[a-z])(?=[A-Z])/g, '_')
    .toLowerCase();

/** The published names in our own spelling. */
function published(values: readonly string[]) {
  const byName = new Map(values.map((value) => [ours(value), value]));
  const names = [...byName.keys()];
  return z.enum(names, `must be one of ${names.join(', ')}`).transform((name) => byName.get(name) ?? name);
}

function digest(algorithm: 'md5' | 'sha1' | 'sha256') {
  const digits = hexLength(algorithm);
  return z
    .string()
    .regex(new RegExp(`^[0-9a-fA-F]{${digits}}$`), `must be ${digits} hexadecimal digits`)
    .transform((hex) => hex.toLowerCase())
    .optional();
}

const incidentSchema = z.strictObject({
  type: published(incidentTypes).optional().describe('default child_pornography, as the law calls it'),
  platform: text.optional().describe('the application where it happened'),
  escalateToHighPriority: text.optional().describe('why it is urgent: a child is at risk now'),
  annotations: z.array(published(reportAnnotations)).optional(),
  at: time.optional().describe('by default when the file was uploaded, else when it was matched'),
  atDescription: text.optional(),
});

const reporterSchema = z.strictObject({
  firstName: text.optional(),
  lastName: text.optional(),
  email: text.optional(),
  companyTemplate: text.optional().describe('what the company wants in each of its reports'),
  termsOfService: text.optional(),
  legalUrl: text.optional(),
});

const reportedUserSchema = z.strictObject({
  id: text.optional().describe("in the platform's own system"),
  service: text.optional(),
  screenName: text.optional(),
  ipCaptures: z
    .array(
      z.strictObject({
        ipAddress: z.union([z.ipv4(), z.ipv6()], 'must be an IP address'),
        event: published(captureEvents).optional(),
        at: time.optional(),
        possibleProxy: z.boolean().optional(),
        port: z.number().int().min(1).max(65_535).optional(),
      }),
    )
    .max(100)
    .optional(),
});

const fileSchema = z.strictObject({
  reportId: z.number().int().positive().optional().describe('once NCMEC gave it out, with fileId'),
  fileId: text.optional(),
  originalName: text.optional(),
  uploadedAt: time.optional(),
  location: text.optional(),
  viewedByEsp: z.boolean().optional().describe('default false: a person of the platform has looked at the whole file'),
  exifViewedByEsp: z.boolean().optional(),
  publiclyAvailable: z.boolean().optional(),
  annotations: z.array(published(fileAnnotations)).optional(),
  hashes: z
    .strictObject({ md5: digest('md5'), sha1: digest('sha1'), sha256: digest('sha256') })
    .optional()
    .describe('of the file as it was uploaded'),
  additionalInfo: text.optional(),
});

/** What the platform says. What is missing is named by the rules (422), so nearly all is optional here. */
export const cyberTipRequestSchema = z.strictObject({
  incident: incidentSchema.optional(),
  webPage: z.strictObject({ urls: z.array(text).max(100).optional(), additionalInfo: text.optional() }).optional(),
  reporter: reporterSchema.optional(),
  reportedUser: reportedUserSchema.optional(),
  file: fileSchema.optional(),
  industryHashSharing: z
    .boolean()
    .optional()
    .describe("default false: the platform has joined NCMEC's industry hash sharing and may send its classification"),
  additionalInfo: text.optional(),
});

export const cyberTipDraftSchema = z
  .string()
  .describe(
    '<cyberTiplineDraft> with <report> (for POST /submit) and <fileDetails> (for POST /fileinfo). A draft: nothing was sent',
  );
