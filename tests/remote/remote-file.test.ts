import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { mayFetch } from '../../src/domain/fetch-sources.js';
import { AddressRule } from '../../src/remote/addresses.js';
import { RemoteError } from '../../src/remote/errors.js';
import { RemoteFiles } from '../../src/remote/remote-file.js';
import { endless, flood, image, RemoteServer, redirect, send } from '../support/remote-server.js';
import { privateAddress, spelling } from './private-addresses.js';

const limits = { maxBytes: 100_000, maxHeaderBytes: 4_096, maxRedirects: 3, timeoutMs: 60_000, stallMs: 30_000 };
const picture = new Uint8Array(50_000).fill(7);
const bomb = gzipSync(Buffer.alloc(10_000_000));
const jpeg = 'content-type: image/jpeg';

/** At an address that the tests permit in place of a public one. */
let outer: RemoteServer;
/** At an address that is not permitted. */
let inner: RemoteServer;
let resolved: string[] = [];

const names: Record<string, readonly (readonly string[])[]> = {
  'images.example': [['127.0.0.1']],
  'inner.example': [['127.0.0.2']],
  'mixed.example': [['127.0.0.1', '127.0.0.2']],
  'rebinding.example': [['127.0.0.1'], ['127.0.0.2']],
  'mapped.example': [['::ffff:127.0.0.1']],
  'nothing.example': [[]],
  localhost: [['::1', '127.0.0.2']],
};

/** Each further time gives the next answer of the name. */
async function resolve(hostname: string): Promise<readonly string[]> {
  const answers = names[hostname];
  if (!answers) throw Object.assign(new Error('no such name'), { code: 'ENOTFOUND' });
  const earlier = resolved.filter((name) => name === hostname).length;
  resolved.push(hostname);
  return answers[Math.min(earlier, answers.length - 1)] ?? [];
}

const to = (path: string, host = 'images.example') => outer.url(path, host);
const within = () => inner.url('/image', 'inner.example');

beforeAll(async () => {
  inner = await RemoteServer.start({ '/image': image(picture) }, '127.0.0.2');
  outer = await RemoteServer.start({
    '/image': image(picture),
    '/to-image': redirect('/image', 307),
    '/to-inner': redirect(() => `http://127.0.0.2:${inner.port}/image`),
    '/to-inner-name': redirect(within),
    '/to-loopback': redirect('http://localhost/image'),
    '/to-elsewhere': redirect(() => to('/image', 'elsewhere.example')),
    '/to-rebinding': redirect(() => to('/image', 'rebinding.example')),
    '/to-file': redirect('file:///etc/passwd'),
    '/to-odd': redirect('http:\\\\127.0.0.2\\image'),
    '/for-ever': redirect('/for-ever'),
    '/nowhere': (socket) => socket.end('HTTP/1.1 302 Found\r\ncontent-length: 0\r\n\r\n'),
    '/endless': endless([jpeg], new Uint8Array(16_384)),
    '/chunks': endless([jpeg, 'transfer-encoding: chunked'], Buffer.from(`4000\r\n${'x'.repeat(0x4000)}\r\n`)),
    '/announced': endless([jpeg, 'content-length: 100001'], new Uint8Array(16_384)),
    '/understated': (socket) => send(socket, [jpeg, 'content-length: 10'], picture),
    '/overstated': (socket) => {
      send(socket, [jpeg, 'content-length: 60000'], picture);
      socket.end();
    },
    '/two-lengths': (socket) => send(socket, [jpeg, 'content-length: 10', 'content-length: 50000'], picture),
    '/two-framings': (socket) => send(socket, [jpeg, 'content-length: 10', 'transfer-encoding: chunked'], '0\r\n\r\n'),
    '/bomb': (socket) => send(socket, [jpeg, 'content-encoding: gzip'], bomb),
    '/transfer-bomb': (socket) => send(socket, [jpeg, 'transfer-encoding: gzip, chunked'], '0\r\n\r\n'),
    '/header': (socket) => send(socket, [jpeg, `x-large: ${'x'.repeat(8_192)}`], picture),
    '/trailers': (socket) => {
      send(socket, [jpeg, 'transfer-encoding: chunked'], '1\r\nx\r\n0\r\n');
      flood(socket, Buffer.from('x-more: trailer\r\n'.repeat(500)));
    },
    '/untyped': (socket) => send(socket, [`content-length: ${picture.length}`], picture),
    '/empty': (socket) => send(socket, [jpeg, 'content-length: 0']),
    '/silent': () => {},
    '/slow-head': (socket) => socket.write('HTTP/1.1 200 OK\r\n'),
    '/slow-body': (socket) => send(socket, [jpeg, 'content-length: 50000'], 'x'),
    '/informs': (socket) => flood(socket, Buffer.from('HTTP/1.1 103 Early Hints\r\nx: y\r\n\r\n'.repeat(100))),
    '/upgrade': (socket) => socket.write('HTTP/1.1 101 Switching Protocols\r\nupgrade: other\r\nconnection: upgrade\r\n\r\n'),
    '/garbage': (socket) => socket.write('SSH-2.0-OpenSSH_9.6\r\n'),
    '/resets': (socket) => socket.resetAndDestroy(),
    '/missing': (socket) => socket.write('HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n'),
    '/keeps-alive': (socket) => {
      send(socket, [jpeg, 'content-length: 1', 'connection: keep-alive'], 'x', 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\ny');
    },
  });
});
afterEach(() => {
  resolved = [];
});
afterAll(async () => {
  await outer.stop();
  await inner.stop();
});

function fetchFile(url: string, changed: Partial<typeof limits> = {}, signal = new AbortController().signal) {
  const hosts = Object.keys(names).map((name) => `${name}:${outer.port}`);
  const sources = [
    ...hosts,
    `unknown.example:${outer.port}`,
    'localhost',
    `inner.example:${inner.port}`,
    `127.0.0.2:${inner.port}`,
    '127.0.0.1',
  ];
  const files = new RemoteFiles(new AddressRule(['127.0.0.1/32']), resolve, { ...limits, ...changed });
  return files.fetch({ url, signal, allows: (target) => mayFetch(sources, target) });
}

async function faultOf(url: string, changed: Partial<typeof limits> = {}): Promise<RemoteError> {
  const outcome = await fetchFile(url, changed).catch((error: unknown) => error);
  if (outcome instanceof RemoteError) return outcome;
  throw new Error('it was fetched, or failed in another way', { cause: outcome });
}

describe('RemoteFiles', () => {
  it('fetches a file, without cookies, credentials or compression', async () => {
    const { bytes, contentType } = await fetchFile(`${to('/image')}?a=b#c`);
    expect([bytes.equals(picture), contentType]).toEqual([true, 'image/jpeg']);
    const [line, ...headers] = outer.heads.at(-1)?.split('\r\n') ?? [];
    expect(line).toBe('GET /image?a=b HTTP/1.1');
    expect(headers.map((header) => header.split(':')[0]?.toLowerCase()).sort()).toEqual(
      ['accept', 'accept-encoding', 'connection', 'host', 'user-agent'].sort(),
    );
    expect(headers).toContain(`Host: images.example:${outer.port}`);
  });

  it('follows a redirect', async () => {
    expect((await fetchFile(to('/to-image'))).bytes.length).toBe(picture.length);
  });

  it('opens a connection for each request', async () => {
    const before = outer.connections;
    await fetchFile(to('/keeps-alive'));
    await fetchFile(to('/keeps-alive'));
    expect(outer.connections - before).toBe(2);
  });

  it('connects to the address that it checked, although the name now has another', async () => {
    await fetchFile(to('/image', 'rebinding.example'));
    expect(resolved).toEqual(['rebinding.example']);
  });

  it('does not connect again when the name changes during a redirect', async () => {
    await fetchFile(to('/image', 'rebinding.example'));
    expect(await faultOf(to('/to-rebinding'))).toMatchObject({ fault: 'refused' });
    expect(inner.connections).toBe(0);
  });

  it('ends when the caller gives up', async () => {
    const caller = new AbortController();
    const fetched = fetchFile(to('/silent'), {}, caller.signal);
    caller.abort(new Error('gone'));
    await expect(fetched).rejects.toThrow('gone');
  });

  it('ends when the caller has no room for the next piece', async () => {
    const files = new RemoteFiles(new AddressRule(['127.0.0.1/32']), resolve, limits);
    const full = () => {
      throw new RemoteError('too_large', 'no room');
    };
    const signal = new AbortController().signal;
    await expect(files.fetch({ url: to('/endless'), signal, allows: () => true, arrived: full })).rejects.toThrow('no room');
  });
});

describe('refused, and nothing is asked of the inner server:', () => {
  it.each(['/to-inner', '/to-inner-name', '/to-loopback', '/to-elsewhere', '/to-file', '/to-odd'])(
    'a redirect %s',
    async (path) => {
      expect(await faultOf(to(path))).toMatchObject({ fault: 'refused' });
      expect(inner.connections).toBe(0);
    },
  );

  // A name that does not exist too, or whoever may point a name at another would learn which inner names exist.
  it.each(['inner.example', 'mixed.example', 'mapped.example', 'nothing.example', 'unknown.example'])(
    'the name %s',
    async (host) => {
      const before = outer.connections;
      const port = host === 'inner.example' ? inner.port : outer.port;
      expect(await faultOf(`http://${host}:${port}/image`)).toMatchObject({ fault: 'refused' });
      expect([outer.connections, inner.connections]).toEqual([before, 0]);
    },
  );

  it.each([
    'http://127.0.0.2:PORT/image',
    'http://2130706434:PORT/image',
    'http://0x7f000002:PORT/image',
    'http://0177.0.0.2:PORT/image',
    'http://127.2:PORT/image',
    'http://127.0.0.2.:PORT/image',
    'http://１２７.０.０.２:PORT/image',
    'http://127。0。0。2:PORT/image',
    'http://[::ffff:127.0.0.2]:PORT/image',
    'http://[::127.0.0.2]:PORT/image',
    'http://[::1]:PORT/image',
    'http://[fe80::1%25lo]:PORT/image',
    'http://0:PORT/image',
    'http://localhost:PORT/image',
    'http://localhost.:PORT/image',
    'http://images.example@127.0.0.2:PORT/image',
    'http://images.example:80@127.0.0.2:PORT/image',
    'http://user:secret@images.example/image',
    'http://127.0.0.2:PORT\\@images.example/image',
    'http:\\\\127.0.0.2:PORT\\image',
    'http://images.example\\.127.0.0.2:PORT/image',
    'http://127.0.0.2:PORT/image#@images.example/',
    'http://images.example.127.0.0.2.nip.io:PORT/image',
    'http://inner\t.example:PORT/image',
    ' http://inner.example:PORT/image',
    'http://inner.example.:PORT/image',
    'http://images.example:22/image',
    'https://images.example/image',
    'HTTP:127.0.0.2:PORT/image',
    '//127.0.0.2:PORT/image',
    'ftp://127.0.0.1/image',
    'file:///etc/passwd',
    'data:image/png;base64,AAAA',
    'gopher://127.0.0.1/_x',
    'unix:/var/run/docker.sock:/info',
    'javascript:1',
    '/image',
    '',
  ])('%s', async (url) => {
    const before = outer.connections;
    expect(await faultOf(url.replace('PORT', String(inner.port)))).toMatchObject({ fault: 'refused' });
    expect([outer.connections, inner.connections]).toEqual([before, 0]);
  });

  it('any private IPv4 address, however it is written', async () => {
    await fc.assert(
      fc.asyncProperty(privateAddress, spelling, async (bytes, spell) => {
        const files = new RemoteFiles(new AddressRule(), resolve, limits);
        const asked = { url: `http://${spell(bytes)}/image`, signal: new AbortController().signal, allows: () => true };
        await expect(files.fetch(asked)).rejects.toMatchObject({ fault: 'refused' });
      }),
    );
    expect(resolved).toEqual([]);
  });
});

describe('a server that answers badly', () => {
  it.each([
    ['/endless', 'too_large', 'the file has more than 100000 bytes, the limit'],
    ['/chunks', 'too_large', 'the file has more than 100000 bytes, the limit'],
    ['/announced', 'too_large', 'the file has more than 100000 bytes, the limit'],
    ['/understated', 'failed', 'its answer is not valid HTTP'],
    ['/overstated', 'failed', 'it broke off the answer'],
    ['/two-lengths', 'failed', 'its answer is not valid HTTP'],
    ['/two-framings', 'failed', 'its answer is not valid HTTP'],
    ['/bomb', 'failed', 'its answer is compressed, though Vigie asked for none of that'],
    ['/transfer-bomb', 'failed', 'its answer is compressed for the transfer'],
    ['/header', 'failed', 'the headers of its answer are too large'],
    ['/trailers', 'failed', 'the headers of its answer are too large'],
    ['/untyped', 'failed', 'its answer has no Content-Type'],
    ['/empty', 'failed', 'its answer is empty'],
    ['/upgrade', 'failed', 'it gave no complete answer'],
    ['/garbage', 'failed', 'its answer is not valid HTTP'],
    ['/resets', 'failed', 'it broke off the answer'],
    ['/missing', 'failed', 'it answered 404'],
    ['/for-ever', 'failed', 'it redirected more than 3 times'],
    ['/nowhere', 'failed', 'it answered 302 without a new address'],
  ])('%s is %s', async (path, fault, message) => {
    expect(await faultOf(to(path))).toMatchObject({ fault, message });
  });

  it.each(['/silent', '/slow-head', '/slow-body', '/informs'])('stands still: %s', async (path) => {
    const { fault, message } = await faultOf(to(path), { stallMs: 150 });
    expect([fault, message]).toEqual(['failed', 'fewer than 4096 bytes of its answer arrived within 150 ms']);
  });

  it('has the whole time at most, even with progress', async () => {
    const patient = { maxBytes: 1e12, timeoutMs: 80, stallMs: 1_000 };
    expect((await faultOf(to('/endless'), patient)).message).toBe('it gave no complete answer within 80 ms');
  });

  it('has no TLS', async () => {
    const { message } = await faultOf(to('/image').replace('http:', 'https:'));
    expect(message).toBe('it offered no valid TLS certificate or connection');
  });

  it('has no server', async () => {
    expect((await faultOf('http://127.0.0.1/image')).message).toBe('it refused the connection');
  });

  it('never sees its URL in a message', async () => {
    const { message } = await faultOf(`${to('/missing')}?token=secret`);
    expect(message).not.toContain('secret');
  });
});
