import { isHidden, type MatchResult, mustRemove, type Vigie } from '../index.js';

/** `held`: nobody sees it until a person has looked, or until a later call has a verdict. */
export type Visibility = 'shown' | 'held' | 'removed';

/** What it throws must end the upload: then nothing is shown. */
export async function visibilityOf(vigie: Vigie, image: Uint8Array): Promise<Visibility> {
  try {
    return visibilityAfter(await vigie.match(image));
  } catch (cause) {
    // A new error: Fastify and Express would answer the uploader with the status and the message of the first.
    throw new Error('the image could not be checked', { cause });
  }
}

export function visibilityAfter(result: MatchResult): Visibility {
  if (mustRemove(result)) return 'removed';
  return isHidden(result) ? 'held' : 'shown';
}
