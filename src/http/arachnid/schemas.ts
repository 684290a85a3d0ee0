import { z } from 'zod';
import type { HashOf } from '../../domain/hash.js';
import { urlSchema } from '../schemas/hashes.js';

/** Each is a match. */
export const maxHashes = 1_000;

/** 32 bytes. */
const base64 = /^[A-Za-z0-9+/]{43}=?$/;

const pdqHash = z
  .string()
  .regex(base64, 'must be 32 bytes in base64')
  .transform((sent) => ({ sent, value: Buffer.from(sent, 'base64').toString('hex') as HashOf<'pdq'> }));

const pdqHashes = z.array(pdqHash).max(maxHashes, `must hold at most ${maxHashes} hashes`);

/** The clients of Arachnid send an object. Its API also documents the array alone, and others send that. */
export const pdqRequestSchema = z.preprocess(
  (body) => (Array.isArray(body) ? { hashes: body } : body),
  z.object({ hashes: pdqHashes }),
);

export const urlRequestSchema = z.object({ url: urlSchema });
