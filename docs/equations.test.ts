/**
 * Compares docs/equations.md with the code: its files exist, it has every equation once and in order, the names under an
 * equation are exactly those that `traceStep` gives for it, and its constants are those of the code.
 */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  adam,
  categoryEmbedding,
  dense,
  dropout,
  layerNormalization,
  network,
  periodicEmbedding,
  scaling,
  traceStep,
  type Layer,
  type TracedQuantity,
} from 'vinculum';

const ROOT = new URL('../', import.meta.url);
const TEXT = readFileSync(new URL('docs/equations.md', ROOT), 'utf8');

/** The number of equations in the notes. The equations after these describe layers that the notes do not have. */
const NOTES = 34;

interface Section {
  readonly number: number;
  readonly body: string;
}

const SECTIONS: readonly Section[] = TEXT.split(/^### /m)
  .slice(1)
  .map((part) => ({ number: Number(/^eq\. \((\d+)\)/.exec(part)?.[1]), body: part }));

/** The words in backticks after `- Trace:` or `- Code:`, to the end of the list item. */
function listed(body: string, item: 'Code' | 'Trace'): string[] {
  const found = new RegExp(`^- ${item}: ([\\s\\S]*?)(?=\\n- |\\n\\n|$(?![\\s\\S]))`, 'm').exec(
    body,
  );
  return Array.from(found?.[1]?.matchAll(/`([^`]+)`/g) ?? [], (match) => match[1]!);
}

function tracedWith(rows: number, rate: number | undefined): TracedQuantity[] {
  const between = rate === undefined ? [] : [dropout(rate)];
  return traced(rows, [dense(4, { activation: 'relu' }), ...between, dense(2)]);
}

function traced(rows: number, layers: readonly Layer[]): TracedQuantity[] {
  const net = network({ inputs: 3, layers, seed: 7 });
  const x = [
    [0.5, -1, 2],
    [1, 0.25, 3],
  ].slice(0, rows);
  return traceStep(net, x, [1, 0].slice(0, rows), {
    loss: 'softmax-cross-entropy',
    optimizer: adam(),
    clip: { globalNorm: 1 },
  });
}

function namesByEquation(quantities: readonly TracedQuantity[]): Map<number, string[]> {
  const names = new Map<number, string[]>();
  for (const { equation, name } of quantities) {
    names.set(equation, [...(names.get(equation) ?? []), name]);
  }
  return names;
}

/** The names that the document lists under an equation, in order. */
function documented(number: number): string[] {
  return listed(SECTIONS[number - 1]!.body, 'Trace').toSorted();
}

test('the equations are in order, those of the notes first, each with a formula and its files', () => {
  expect(SECTIONS.length).toBeGreaterThanOrEqual(NOTES);
  expect(SECTIONS.map(({ number }) => number)).toEqual(SECTIONS.map((_, index) => index + 1));
  for (const { number, body } of SECTIONS) {
    expect(body, `eq. ${number}`).toContain('```math');
    expect(listed(body, 'Code').length, `eq. ${number}`).toBeGreaterThan(0);
  }
});

test.each(SECTIONS)('the files of equation $number exist', ({ body }) => {
  for (const path of listed(body, 'Code')) {
    const folder = /\.[ch]$/.test(path) ? 'packages/kernels/src/' : 'packages/core/src/';
    expect(existsSync(new URL(`${folder}${path}`, ROOT)), path).toBe(true);
  }
});

describe.each([1, 2])('the trace of layers beyond the notes, %i rows', (rows) => {
  const networks: readonly [equations: readonly number[], layers: readonly Layer[]][] = [
    [
      [35, 36, 37],
      [scaling(), dense(4), scaling(), dense(2)],
    ],
    [
      [38, 39, 40, 41, 42],
      [dense(4), layerNormalization(), dense(2)],
    ],
    [
      [43, 44, 45, 46],
      [dense(4), periodicEmbedding(), dense(2)],
    ],
    [
      [47, 48, 49],
      [
        periodicEmbedding({ columns: [0] }),
        categoryEmbedding({ columns: [{ column: 2, levels: 4 }] }),
        dense(2),
      ],
    ],
  ];

  test.each(networks)('gives the names listed under equations %j', (equations, layers) => {
    const names = namesByEquation(traced(rows, layers));
    for (const number of equations) {
      expect(names.get(number)?.toSorted(), `eq. ${number}`).toEqual(documented(number));
    }
  });

  test('has every equation beyond the notes', () => {
    const all = networks.flatMap(([equations]) => equations);
    expect(all).toEqual(SECTIONS.slice(NOTES).map(({ number }) => number));
  });
});

describe.each([
  ['one data point', 1, [1, 2, 3, 4, 5, 12, 13, 14, 15, 16, 17, 18]],
  ['a batch', 2, [6, 7, 8, 9, 10, 19, 20, 21, 22, 23, 24, 25]],
])('the trace of %s', (_, rows, own) => {
  const names = namesByEquation(tracedWith(rows, undefined));
  const all = [...own, 11, 26, 27, 28, 29, 30];

  test.each(all)('gives the names listed under equation %i', (number) => {
    expect(names.get(number)?.toSorted()).toEqual(documented(number));
  });

  test('has no equation that the document does not name', () => {
    const ascending = (a: number, b: number): number => a - b;
    expect([...names.keys()].toSorted(ascending)).toEqual(all.toSorted(ascending));
  });

  test('with dropout has eq. (34) forward and backward, and h̄′ from the layer above', () => {
    const dropped = namesByEquation(tracedWith(rows, 0.5));
    expect(dropped.get(34)?.toSorted()).toEqual(documented(34));
    expect(dropped.get(rows === 1 ? 13 : 20)).toEqual(['hDropped1Bar']);
  });
});
