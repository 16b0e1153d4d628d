import { describe, expect, it } from 'vitest';
import { structuralPositions } from '../../src/model/structural-position.ts';
import { sampleRuns, type WholeRun } from '../sample-records.ts';

const node = (id: string, upstream: string[], downstream: string[]): WholeRun['nodes'][number] => ({
  id,
  functionName: id.split('+')[0] as string,
  upstream,
  downstream,
  memoryMb: 512,
  workerId: null,
  optimizations: [],
  duplicationPredictions: new Map(),
  plannedPrewarms: [],
});

describe('structuralPositions', () => {
  it('gives siblings that cannot be told apart one position, and others their own', () => {
    const positions = structuralPositions([
      node('split+1', [], ['work+1', 'work+2', 'work+3']),
      node('work+1', ['split+1'], ['merge+1']),
      node('work+2', ['split+1'], ['merge+1']),
      node('work+3', ['split+1'], ['side+1']),
      node('side+1', ['work+3'], ['merge+1']),
      node('merge+1', ['work+1', 'work+2', 'side+1'], []),
    ]);
    expect(positions.get('work+1')).toBe(positions.get('work+2'));
    expect(positions.get('work+1')).not.toBe(positions.get('work+3'));
    expect(new Set(positions.values()).size).toBe(5);
  });

  it('does not depend on the order of nodes and edges, nor on the ids', () => {
    const chain = (a: string, b: string, c: string) => [node(a, [], [b, c]), node(b, [a], [c]), node(c, [a, b], [])];
    const one = structuralPositions(chain('f+1', 'g+1', 'h+1'));
    const other = structuralPositions(
      chain('f+x', 'g+y', 'h+z')
        .reverse()
        .map((n) => ({ ...n, upstream: [...n.upstream].reverse(), downstream: [...n.downstream].reverse() })),
    );
    expect(other.get('h+z')).toBe(one.get('h+1'));
    expect([...other.values()].sort()).toEqual([...one.values()].sort());
  });

  it('tells apart what differs in one name or one edge only, though it remembers what it saw', () => {
    const fork = (name: string, other: string[]) => [
      node('split+1', [], ['work+1', `${name}+1`]),
      node('work+1', ['split+1'], other),
      node(`${name}+1`, ['split+1'], []),
      node('merge+1', other.length > 0 ? ['work+1'] : [], []),
    ];
    const seen = [fork('work2', ['merge+1']), fork('side', ['merge+1']), fork('work2', [])].map((nodes) =>
      [...structuralPositions(nodes).values()].join(),
    );
    expect(new Set(seen).size).toBe(3);
    expect([...structuralPositions(fork('side', ['merge+1'])).values()].join()).toBe(seen[1]);
  });

  it('survives a chain of 100,000 tasks and a cycle', () => {
    const long = Array.from({ length: 100_000 }, (_, i) => node(`f+${i}`, i ? [`f+${i - 1}`] : [], [`f+${i + 1}`]));
    expect(new Set(structuralPositions(long).values()).size).toBe(100_000);
    expect(structuralPositions([node('a+1', ['b+1'], ['b+1']), node('b+1', ['a+1'], ['a+1'])]).size).toBe(2);
  });

  it('gives every run of a structure hash of the bundled samples the same positions', () => {
    const byHash = new Map<string, string[]>();
    for (const run of sampleRuns()) {
      const positions = [...structuralPositions(run.nodes).values()].sort();
      const key = `${run.workflow} ${run.structureHash}`;
      expect(positions).toEqual(byHash.get(key) ?? positions);
      byHash.set(key, positions);
    }
    expect(byHash.size).toBeGreaterThan(4);
    for (const positions of byHash.values()) expect(new Set(positions).size).toBeGreaterThan(1);
  });
});
