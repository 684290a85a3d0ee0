import { describe, expect, it } from 'vitest';
import type { Act } from '../../../src/domain/audit-act.js';
import { CanaryWatch } from '../../../src/service/exports/canary-watch.js';

const canary = (entry: string, from = '0190a2b3-0000-7000-8000-000000000001') => ({
  ...{ entry, list: 'known', export: from, recipient: 'Police of Ghent' },
});
const hits = (...entries: string[]) => entries.map((id) => ({ entry: { id } }));
const caller = (key: string) => ({ key, organisation: 'platform' });

function watching() {
  const acts: Act[] = [];
  const clock = { now: 0 };
  const watch = new CanaryWatch({ log: { warn() {} }, record: async (act) => void acts.push(act), now: () => clock.now });
  watch.replaceAll([canary('ent_1'), canary('ent_2'), canary('ent_3', '0190a2b3-0000-7000-8000-000000000002')]);
  return { watch, acts, clock };
}

describe('a match of a canary', () => {
  it('is alerted once per key, export and hour, and counted each time', () => {
    const { watch, acts, clock } = watching();
    for (const entry of ['ent_1', 'ent_2', 'ent_1']) watch.note(hits(entry, entry), caller('one'));
    expect([acts.length, watch.matches]).toEqual([1, 3]);
    watch.note(hits('ent_3'), caller('one'));
    watch.note(hits('ent_1'), caller('two'));
    expect(acts.length).toBe(3);
    clock.now += 3_599_999;
    watch.note(hits('ent_1'), caller('one'));
    expect(acts.length).toBe(3);
    clock.now += 1;
    watch.note(hits('ent_1'), caller('one'));
    expect(acts.length).toBe(4);
  });

  it('names the key, its organisation, the list, the export and the recipient, and no entry', () => {
    const { watch, acts } = watching();
    watch.note(hits('ent_9', 'ent_1'), caller('one'));
    const detail = {
      list: 'known',
      export: 'exp_0190a2b3000070008000000000000001',
      recipient: 'Police of Ghent',
      organisation: 'platform',
    };
    expect(acts).toEqual([{ actor: expect.objectContaining({ via: 'system' }), act: 'canary.matched', subject: 'one', detail }]);
  });

  it('of an export that the node does not know any more is a match like others', () => {
    const { watch, acts } = watching();
    watch.replaceAll([]);
    watch.note(hits('ent_1'), caller('one'));
    expect([acts.length, watch.has('ent_1')]).toEqual([0, false]);
  });
});
