/** The numbers that TypeScript and C share: op table, codes, slots of the scalars, purpose of the dropout stream. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import {
  ACTIVATION_CODES,
  FIELDS,
  FUNCTION_CODES,
  KINDS,
  LOSS_CODES,
  RULE_CODES,
} from '../../../core/src/backends/kernels/table.ts';
import { dense } from '../../../core/src/network/layer.ts';
import { lower } from '../../../core/src/program/lower.ts';
import { SCALARS } from '../../../core/src/program/scalars.ts';

/** The integer constants of a header, by name. */
function definesOf(header: string): Map<string, number> {
  const text = readFileSync(new URL(`../../../kernels/src/${header}`, import.meta.url), 'utf8');
  return new Map(
    [...text.matchAll(/^#define (\w+) \(?(-?\d+)\)?$/gm)].map((found) => [
      found[1]!,
      Number(found[2]),
    ]),
  );
}

/** `leaky-relu`, `rowOffset` → LEAKY_RELU, ROW_OFFSET. */
function upper(name: string): string {
  return name.replaceAll('-', '_').replaceAll(/[A-Z]/g, '_$&').toUpperCase();
}

function prefixed(prefix: string, codes: Readonly<Record<string, number>>): [string, number][] {
  return Object.entries(codes).map(([name, code]) => [`${prefix}_${upper(name)}`, code]);
}

test('table.ts and table.h have the same numbers', () => {
  const expected = new Map<string, number>([
    ['NONE', -1],
    ['OP_KIND', 0],
    ['OP_LENGTH', 1],
    ...KINDS.map((kind, code): [string, number] => [`OP_${upper(kind)}`, code]),
    ...KINDS.flatMap((kind) =>
      FIELDS[kind].map((field, i): [string, number] => [`${upper(kind)}_${upper(field)}`, i + 2]),
    ),
    ...prefixed('PHI', ACTIVATION_CODES),
    ...prefixed('FUNCTION', FUNCTION_CODES),
    ...prefixed('LOSS_KIND', LOSS_CODES),
    ...prefixed('RULE', RULE_CODES),
  ]);
  const found = definesOf('table.h');
  expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected));
});

test('scalars.ts and scalars.h have the same slots', () => {
  expect(Object.fromEntries(definesOf('scalars.h'))).toEqual(
    Object.fromEntries(prefixed('SCALAR', SCALARS)),
  );
});

test('the lowering leaves room for panels of the widest vectors, 16 lanes', () => {
  const { tensors } = lower({
    spec: { inputs: 1, layers: [dense(1)], seed: 0, dtype: 'float32' },
    purpose: 'predict',
    precision: 'float32',
    capacity: 1,
  });
  const vectors = definesOf('kernels.h').get('PANEL_VECTORS')!;
  expect(tensors.get('layers.0.packed')?.size).toBe(vectors * 16);
});
