import { Hasher } from '../hashing/hasher.ts';

Object.assign(globalThis, { hasher: new Hasher() });
