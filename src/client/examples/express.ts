/**
 * Matches an upload of an Express 5 application: `app.post('/photos', matchUpload(vigie), savePhoto)`. Express 4 does not catch what an
 * async handler throws, and the process ends.
 */
import express, { type RequestHandler } from 'express';
import type { Vigie } from '../index.js';
import { visibilityOf } from './visibility.js';

/** `response.locals.visibility` says what to do with `request.body`, the bytes of the image. */
export function matchUpload(vigie: Vigie): RequestHandler[] {
  const match: RequestHandler = async (request, response, next) => {
    // What was not matched is held.
    response.locals.visibility = 'held';
    if (Buffer.isBuffer(request.body)) response.locals.visibility = await visibilityOf(vigie, request.body);
    next();
  };
  return [express.raw({ type: 'image/*', limit: '20mb' }), match];
}
