/** A proof of work makes cases cost time while very many arrive. */

/** Finds a text such that SHA-256 of challenge and text begins with `bits` zero bits. In a worker, so that the page stays usable. */
export function solve(challenge: string, bits: number): Promise<string> {
  const worker = new Worker(new URL('./proof.worker.ts', import.meta.url), { type: 'module' });
  return new Promise<string>((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<string>) => resolve(data);
    worker.onerror = () => reject(new Error('the proof of work failed'));
    worker.postMessage({ challenge, bits });
  }).finally(() => worker.terminate());
}
