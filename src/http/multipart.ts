import { Busboy, type BusboyInstance } from '@fastify/busboy';
import { VigieError } from '../domain/errors.js';

export interface MultipartForm {
  readonly image: Buffer | undefined;
  /** Text fields by name. */
  readonly fields: ReadonlyMap<string, string>;
}

const longestField = 64 * 1024;
const malformed = 'body: malformed multipart/form-data';

/**
 * Reads a multipart body that was received whole: one file named `image`, and text fields.
 *
 * @throws VigieError `bad_request` for a malformed form, another file, or a field over 64 KiB.
 */
export function parseMultipart(body: Buffer, contentType: string): Promise<MultipartForm> {
  return new Promise((resolve, reject) => {
    const refuse = (detail: string) => reject(new VigieError('bad_request', detail));
    const fields = new Map<string, string>();
    let image: Buffer | undefined;
    const form = openForm(contentType, refuse);
    if (!form) return;
    form.on('field', (name, value, _nameTruncated, valueTruncated) => {
      if (valueTruncated) refuse(`${name}: the field is larger than ${longestField} bytes`);
      fields.set(name, value);
    });
    form.on('file', (name, stream) => {
      if (name !== 'image') refuse(`${name}: unknown file; send one file named "image"`);
      const chunks: Buffer[] = [];
      // A form cut off within the file ends here; without a listener that would end the process.
      stream.on('error', () => refuse(malformed));
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        image = Buffer.concat(chunks);
      });
      // A form cut off inside its file fails here too; unheard, that would end the process.
      stream.on('error', () => refuse('body: malformed multipart/form-data'));
    });
    form.on('filesLimit', () => refuse('image: send one file'));
    form.on('fieldsLimit', () => refuse('body: too many fields'));
    form.on('error', () => refuse(malformed));
    form.on('finish', () => resolve({ image, fields }));
    form.end(body);
  });
}

function openForm(contentType: string, refuse: (detail: string) => void): BusboyInstance | undefined {
  try {
    return new Busboy({ headers: { 'content-type': contentType }, limits: { files: 1, fields: 8, fieldSize: longestField } });
  } catch {
    refuse('content-type: multipart/form-data without a boundary');
    return undefined;
  }
}
