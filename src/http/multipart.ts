import { Busboy, type BusboyInstance } from '@fastify/busboy';
import { VigieError } from '../domain/errors.js';

export interface MultipartForm {
  readonly image: Buffer | undefined;
  readonly fields: ReadonlyMap<string, string>;
}

const maxFields = 8;
const maxFieldBytes = 64 * 1024;
const malformed = 'body: malformed multipart/form-data';

/** One file named `image`, and text fields. @throws VigieError `bad_request`. */
export function parseMultipart(body: Buffer, contentType: string): Promise<MultipartForm> {
  return new Promise((resolve, reject) => {
    const refuse = (detail: string) => reject(new VigieError('bad_request', detail));
    const fields = new Map<string, string>();
    let image: Buffer | undefined;
    const form = openForm(contentType, refuse);
    if (!form) return;
    form.on('field', (name, value, _nameTruncated, valueTruncated) => {
      if (valueTruncated) refuse(`${name}: the field has more than ${maxFieldBytes} bytes, the limit`);
      fields.set(name, value);
    });
    form.on('file', (name, stream) => {
      if (name !== 'image') refuse(`${name}: unknown file; send one file named "image"`);
      const chunks: Buffer[] = [];
      // The form ends inside the file. Without a listener the process would end.
      stream.on('error', () => refuse(malformed));
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        image = Buffer.concat(chunks);
      });
    });
    form.on('filesLimit', () => refuse('image: send one file only'));
    form.on('fieldsLimit', () => refuse(`body: has more than ${maxFields} fields, the limit`));
    form.on('error', () => refuse(malformed));
    form.on('finish', () => resolve({ image, fields }));
    form.end(body);
  });
}

function openForm(contentType: string, refuse: (detail: string) => void): BusboyInstance | undefined {
  try {
    return new Busboy({
      headers: { 'content-type': contentType },
      limits: { files: 1, fields: maxFields, fieldSize: maxFieldBytes },
    });
  } catch {
    refuse('content-type: multipart/form-data must name a boundary');
    return undefined;
  }
}
