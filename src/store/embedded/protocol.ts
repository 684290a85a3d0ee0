/** https://www.postgresql.org/docs/18/protocol-message-formats.html */

const headerBytes = 5;

/** The length counts itself and the body, not the letter. */
export function message(type: string, body: Uint8Array = new Uint8Array()): Buffer {
  const bytes = Buffer.alloc(headerBytes + body.length);
  bytes.write(type, 'latin1');
  bytes.writeUInt32BE(body.length + 4, 1);
  bytes.set(body, headerBytes);
  return bytes;
}

export function strings(...values: readonly string[]): Buffer {
  return Buffer.from(values.map((value) => `${value}\0`).join(''));
}

/** `code` is an SQLSTATE. */
export function fatal(code: string, text: string): Buffer {
  return message('E', Buffer.from(`SFATAL\0VFATAL\0C${code}\0M${text}\0\0`));
}

export const sync = message('S');
export const rollback = message('Q', strings('rollback'));

export function startup(user: string, database: string): Buffer {
  const parameters = strings('user', user, 'database', database, '');
  const head = Buffer.alloc(8);
  head.writeUInt32BE(8 + parameters.length, 0);
  head.writeUInt32BE(protocolVersion, 4);
  return Buffer.concat([head, parameters]);
}

export function encryptionRequest(): Buffer {
  const request = Buffer.alloc(8);
  request.writeUInt32BE(request.length, 0);
  request.writeUInt32BE(requests.ssl, 4);
  return request;
}

export const protocolVersion = 3 << 16;

export const requests = { cancel: 80877102, ssl: 80877103, gssapi: 80877104 } as const;

/** The client gets `code` and `message`, and its connection ends. */
export class ProtocolError extends Error {
  constructor(
    readonly code: string,
    text: string,
  ) {
    super(text);
  }
}
