/** Encryption of a file to its recipient: https://age-encryption.org/v1, by the library of the author of the format. */
import { ReadableStream } from 'node:stream/web';
import { VigieError } from '../../domain/errors.js';

/** Its modules are needed for encrypted exports only. */
async function encrypterFor(key: string) {
  const { Encrypter } = await import('age-encryption');
  const encrypter = new Encrypter();
  encrypter.addRecipient(key);
  return encrypter;
}

/** @throws VigieError `bad_request` for a text that is no public key. */
export async function assertAgeKey(key: string): Promise<void> {
  // A secret key that somebody sends by mistake must not come back in the message.
  await encrypterFor(key).catch(() => {
    throw new VigieError('bad_request', 'age: expected a public key that begins with "age1", as age-keygen prints it');
  });
}

/** The encrypted bytes of `plain`, 64 KiB at a time. */
export async function encrypted(plain: AsyncIterable<Uint8Array>, key: string): Promise<AsyncIterable<Uint8Array>> {
  const encrypter = await encrypterFor(key);
  // The library takes the web's type, which is the same object in Node.
  const bytes = ReadableStream.from(plain) as unknown as globalThis.ReadableStream<Uint8Array>;
  return (await encrypter.encrypt(bytes)) as unknown as AsyncIterable<Uint8Array>;
}
