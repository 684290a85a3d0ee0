export { type ErrorFacts, VigieError } from './errors.js';
export type { ManyOptions, ManyResult } from './match-many.js';
export type * from './openapi.js';
export type { VigieOptions } from './options.js';
export type { EnrolRequest, Image, ImageAddress } from './request-body.js';
export type { Unavailable, UnavailableReason } from './unavailable.js';
export { type Hold, isHidden, type MatchResult, mustRemove, type Removed, type Shown, type Unscannable } from './verdict.js';
export { type CallOptions, type Enrolled, Vigie } from './vigie.js';
export { type VerifiedWebhook, type VerifyOptions, verifyWebhook, WebhookError, type WebhookHeaders } from './webhook.js';
