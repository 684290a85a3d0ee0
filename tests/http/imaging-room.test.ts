import { fastify } from 'fastify';
import { describe, expect, it } from 'vitest';
import { VigieError } from '../../src/domain/errors.js';
import { commandLine } from '../../src/domain/key.js';
import { ArrivingImages, installImagingRoom } from '../../src/http/hooks/imaging-room.js';

describe('ArrivingImages', () => {
  it('counts the images of one organisation only', () => {
    const arriving = new ArrivingImages();
    arriving.add('busy', {});
    arriving.add('busy', {});
    expect([arriving.of('busy'), arriving.of('other')]).toEqual([2, 0]);
  });

  it('counts an image until it has arrived', () => {
    const arriving = new ArrivingImages();
    const image = {};
    arriving.add('busy', image);
    arriving.remove('busy', image);
    expect(arriving.of('busy')).toBe(0);
  });

  it('does not count an image over a slow connection', () => {
    let now = 0;
    const arriving = new ArrivingImages(() => now);
    arriving.add('busy', {});
    now = 249;
    arriving.add('busy', {});
    expect(arriving.of('busy')).toBe(2);
    now = 250;
    expect(arriving.of('busy')).toBe(1);
  });
});

describe('installImagingRoom', () => {
  async function appWithRoomFor(images: number) {
    const asked: number[] = [];
    const app = fastify();
    app.decorateRequest('caller', null);
    app.addHook('onRequest', async (request) => {
      request.caller = { ...commandLine, organisation: 'busy' };
    });
    app.setErrorHandler((error, _request, reply) => reply.code(error instanceof VigieError ? 503 : 500).send());
    installImagingRoom(app, {
      assertRoom(_owner, arriving) {
        asked.push(arriving);
        if (arriving >= images) throw new VigieError('overloaded', 'full', 1);
      },
    });
    app.addContentTypeParser('image/jpeg', { parseAs: 'buffer' }, async (_request: unknown, body: Buffer) => body);
    app.post('/media', { config: { access: ['platform'], takes: { bytes: ['*/*'] } } }, async () => ({}));
    app.post('/image', { config: { access: ['platform'], takes: { bytes: ['image/*'] } } }, async () => ({}));
    const send = (type = 'image/jpeg', payload: string | Buffer = Buffer.alloc(10), url = '/image') =>
      app.inject({ method: 'POST', url, headers: { 'content-type': type }, payload });
    return { asked, send };
  }

  it('refuses an image of a burst before the images in front of it have arrived', async () => {
    const { send } = await appWithRoomFor(2);
    const answers = await Promise.all([send(), send(), send(), send()]);
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 503, 503]);
  });

  it('forgets an image that has arrived', async () => {
    const { asked, send } = await appWithRoomFor(2);
    for (let at = 0; at < 3; at++) await send();
    expect(asked).toEqual([0, 0, 0]);
  });

  it('does not ask for room for JSON', async () => {
    const { asked, send } = await appWithRoomFor(2);
    await send('application/json', '{}');
    expect(asked).toEqual([]);
  });

  it('asks for room for media that are called JSON, where all types are bytes', async () => {
    const { asked, send } = await appWithRoomFor(2);
    await send('application/json', '{}', '/media');
    expect(asked).toEqual([0]);
  });
});
