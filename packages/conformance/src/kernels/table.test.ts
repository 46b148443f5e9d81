/** The numbers that TypeScript and C share: op table, codes, slots of the scalars, purpose of the dropout stream. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ACTIVATION_KINDS } from '../../../core/src/activations/activation.ts';
import { FIELDS, UPDATE_RULES } from '../../../core/src/backends/kernels/table.ts';
import { LOSS_KINDS, OUTPUT_FUNCTIONS } from '../../../core/src/losses/loss.ts';
import { dense } from '../../../core/src/network/layers/dense.ts';
import { lower } from '../../../core/src/lowering/lower.ts';
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

/** The constants that names stand for, each with its place among them. */
function numbered(prefix: string, names: readonly string[]): [string, number][] {
  return names.map((name, code) => [`${prefix}_${upper(name)}`, code]);
}

test('table.ts and table.h have the same numbers', () => {
  const expected = new Map<string, number>([
    ['NONE', -1],
    ['OP_KIND', 0],
    ['OP_LENGTH', 1],
    ...numbered('OP', Object.keys(FIELDS)),
    ...Object.entries(FIELDS).flatMap(([kind, fields]) =>
      fields.map((field, i): [string, number] => [`${upper(kind)}_${upper(field)}`, i + 2]),
    ),
    ...numbered('PHI', ACTIVATION_KINDS),
    // The kernels have no identity: an output op is left out where it would do nothing.
    ...numbered('FUNCTION', OUTPUT_FUNCTIONS).slice(1),
    ...numbered('LOSS_KIND', LOSS_KINDS),
    ...numbered('RULE', UPDATE_RULES),
  ]);
  const found = definesOf('table.h');
  expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected));
});

test('scalars.ts and scalars.h have the same slots', () => {
  const slots = Object.entries(SCALARS).map(([name, slot]) => [`SCALAR_${upper(name)}`, slot]);
  expect(Object.fromEntries(definesOf('scalars.h'))).toEqual(Object.fromEntries(slots));
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
