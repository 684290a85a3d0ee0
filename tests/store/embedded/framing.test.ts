import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Frame, Framing, maxJobBytes } from '../../../src/store/embedded/framing.js';
import { message, startup } from '../../../src/store/embedded/protocol.js';

const greeting = startup('postgres', 'postgres');

function request(code: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32BE(8, 0);
  bytes.writeUInt32BE(code, 4);
  return bytes;
}

function framesOf(chunks: readonly Uint8Array[]): Frame[] {
  const framing = new Framing();
  return chunks.flatMap((chunk) => framing.push(chunk));
}

function cut(stream: Uint8Array, places: readonly number[]): Uint8Array[] {
  const edges = [0, ...places.map((place) => place % (stream.length + 1)).sort((a, b) => a - b), stream.length];
  return edges.slice(1).map((edge, at) => stream.subarray(edges[at], edge));
}

const body = fc.uint8Array({ maxLength: 300 });
const middle = fc.tuple(fc.constantFrom('P', 'B', 'D', 'E', 'C'), body).map(([type, bytes]) => message(type, bytes));
const end = fc.tuple(fc.constantFrom('S', 'Q', 'F', 'H'), body).map(([type, bytes]) => message(type, bytes));
const job = fc.tuple(fc.array(middle, { maxLength: 5 }), end).map(([parts, last]) => Buffer.concat([...parts, last]));

describe('Framing', () => {
  it('gives the same jobs for any chunking of the stream', () => {
    fc.assert(
      fc.property(fc.array(job, { maxLength: 6 }), fc.array(fc.nat(), { maxLength: 40 }), (jobs, places) => {
        const frames = framesOf(cut(Buffer.concat([greeting, ...jobs, message('X')]), places));
        expect(frames.map((frame) => frame.kind)).toEqual(['startup', ...jobs.map(() => 'job'), 'terminate']);
        const bytes = frames.flatMap((frame) => (frame.kind === 'job' ? [Buffer.from(frame.job.bytes)] : []));
        expect(bytes.map((part) => part.toString('hex'))).toEqual(jobs.map((part) => part.toString('hex')));
      }),
    );
  });

  it('throws nothing but a ProtocolError, whatever arrives', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.array(fc.nat(), { maxLength: 5 }), (noise, places) => {
        const read = () => framesOf(cut(Buffer.concat([greeting, noise]), places)).length;
        const refusal = expect.objectContaining({ code: expect.stringMatching(/^(08P01|54000)$/) });
        try {
          expect(read()).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toEqual(refusal);
        }
      }),
    );
  });

  it('accepts a startup packet after requests for encryption', () => {
    const frames = framesOf([Buffer.concat([request(80877103), request(80877104), greeting])]);
    expect(frames.map((frame) => frame.kind)).toEqual(['encryption', 'encryption', 'startup']);
  });

  it('marks a job that ends in Flush as one without ReadyForQuery', () => {
    const frames = framesOf([greeting, message('P'), message('H'), message('S')]);
    expect(frames.flatMap((frame) => (frame.kind === 'job' ? [frame.job.endsInReady] : []))).toEqual([false, true]);
  });

  it('ignores COPY data that arrives after a refused COPY', () => {
    const frames = framesOf([greeting, message('d', Buffer.alloc(1000)), message('c'), message('Q', Buffer.from('x'))]);
    expect(frames).toEqual([{ kind: 'startup' }, { kind: 'job', job: { bytes: expect.any(Uint8Array), endsInReady: true } }]);
    expect(frames[1]).toHaveProperty('job.bytes.length', 6);
  });

  it('joins a message of 32 MB in 65 000 chunks in linear time', () => {
    const large = message('Q', Buffer.alloc(32 * 1024 * 1024, 'x'));
    const chunks = Array.from({ length: large.length / 512 + 1 }, (_, at) => large.subarray(at * 512, (at + 1) * 512));
    const [frame] = framesOf([greeting, ...chunks]).slice(1);
    expect(frame).toHaveProperty('job.bytes.length', large.length);
  });

  it.each([
    ['an unknown message type', message('z'), '08P01', '0x7a'],
    ['a length below its own size', Buffer.from([0x51, 0, 0, 0, 3]), '08P01', 'length 3'],
    ['a message larger than the maximum size of a job', Buffer.from([0x51, 0x7f, 0, 0, 0]), '54000', `${maxJobBytes}`],
  ])('refuses %s', (_, bytes, code, text) => {
    expect(() => framesOf([greeting, bytes])).toThrow(expect.objectContaining({ code, message: expect.stringContaining(text) }));
  });

  it('refuses a job whose messages exceed the limit in total', () => {
    const half = message('B', Buffer.alloc(maxJobBytes / 2 + 1));
    expect(() => framesOf([greeting, half, half])).toThrow(expect.objectContaining({ code: '54000' }));
  });

  it.each([
    ['protocol 2.0', 2 << 16, '0A000'],
    ['protocol 3.2', (3 << 16) | 2, '0A000'],
  ])('refuses %s', (_, version, code) => {
    expect(() => framesOf([request(version)])).toThrow(expect.objectContaining({ code }));
  });
});
