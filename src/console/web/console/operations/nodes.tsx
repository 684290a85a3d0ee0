import type { Answer } from '../../api/call.ts';
import { useFormat } from '../../language/format.ts';
import { useWords } from '../../language/language.ts';
import { Ago, Told } from '../../ui/show.tsx';
import { Table } from '../../ui/table.tsx';
import { operationsWords } from './words.ts';

type Node = Answer<'GET /v1/operations'>['nodes'][number];

export function Nodes({ nodes }: { readonly nodes: readonly Node[] }) {
  const words = useWords(operationsWords);
  const format = useFormat();
  return (
    <section class="card">
      <Table
        caption={words.nodes}
        columns={[
          words.node,
          words.state,
          { number: words.hashes },
          { number: words.indexAge },
          { number: words.images },
          { number: words.searches },
          { number: words.verdictsPending },
          words.seen,
        ]}
        rows={nodes.map((node) => ({
          key: node.node,
          cells: [
            <span key="node" class="stack tight">
              <code class="given">{node.node}</code>
              {node.leads && <span class="small soft">{words.leads}</span>}
            </span>,
            <NodeState key="state" node={node} />,
            format.number(node.index.hashes),
            format.duration(Math.round(node.index.ageMs / 1_000)),
            format.number(node.queues.images),
            format.number(node.queues.searches),
            format.number(node.queues.verdicts),
            <Ago key="seen" at={node.seenAt} />,
          ],
        }))}
      />
    </section>
  );
}

function NodeState({ node: { ready, why } }: { readonly node: Node }) {
  const words = useWords(operationsWords);
  return (
    <span class="stack tight">
      <span>
        <span class={`badge ${ready ? 'good' : 'bad'}`}>{ready ? words.ready : words.notReady}</span>
      </span>
      {why && (
        <span class="small">
          <Told>{why}</Told>
        </span>
      )}
    </span>
  );
}
