/** Enrols one file, hashed here or on the server. */
import { type Answer, call } from '../../api/call.ts';
import type { Operations } from '../../api/operations.ts';
import type { FileRefusal, Hasher } from '../../hashing/hasher.ts';

export type Description = Omit<Extract<Operations['POST /v1/entries']['body'], { list: string }>, 'hashes'>;

export type Place = 'here' | 'there';

export interface Enrolled {
  readonly answer: Answer<'POST /v1/entries'>;
}

/** The key stays with the file, so that a second try after a lost answer enrols nothing twice. */
export async function enrolFile(
  file: File,
  place: Place,
  description: Description,
  hasher: Hasher,
  idempotencyKey: string,
): Promise<Enrolled | { readonly refused: FileRefusal }> {
  if (place === 'there') {
    const form = new FormData();
    form.append('entry', JSON.stringify(description));
    form.append('image', file);
    return { answer: await call('POST /v1/entries', { body: form, idempotencyKey }) };
  }
  const outcome = await hasher.hash(file, 'default');
  if ('refused' in outcome) return outcome;
  const body = { ...description, hashes: outcome.hashes };
  return { answer: await call('POST /v1/entries', { body, idempotencyKey }) };
}
