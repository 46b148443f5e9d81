/**
 * The numbers that TypeScript and C share. The build writes the C headers from tables in TypeScript. This test derives each
 * number from the tables a second time, by other code than the build uses.
 */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { dense } from 'vinculum';
import {
  CODES,
  CONSTANTS,
  FIELDS,
  lower,
  SCALAR_COUNT,
  SCALARS,
  tableVersion,
} from 'vinculum/internal';

/** The integer constants of a header, by name. */
function definesOf(header: string): Map<string, number> {
  const text = readFileSync(new URL(`../../../kernels/${header}`, import.meta.url), 'utf8');
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

/** The C constant of each name, and its position in the list. */
function numbered(prefix: string, names: readonly string[]): [string, number][] {
  return names.map((name, code) => [`${prefix}_${upper(name)}`, code]);
}

test('the generated table.h has the numbers of table.ts', () => {
  const expected = new Map<string, number>([
    ['NONE', -1],
    ['CALLERS_ROWS', -2],
    ['OP_KIND', 0],
    ['OP_LENGTH', 1],
    ['TABLE_VERSION', tableVersion()],
    ['OP_COUNT', Object.keys(FIELDS).length],
    ...numbered('OP', Object.keys(FIELDS)),
    ...Object.entries(FIELDS).flatMap(([kind, fields]) =>
      fields.map((field, i): [string, number] => [`${upper(kind)}_${upper(field)}`, i + 2]),
    ),
    ...Object.entries(CODES).flatMap(([prefix, names]) => [
      ...numbered(prefix, names),
      [`${prefix}_COUNT`, names.length] as const,
    ]),
    ...Object.entries(CONSTANTS),
  ]);
  const found = definesOf('generated/table.h');
  expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected));
});

test('the generated scalars.h has the slot numbers of scalars.ts', () => {
  const slots = Object.entries(SCALARS).map(([name, slot]): [string, number] => [
    `SCALAR_${upper(name)}`,
    slot,
  ]);
  expect(Object.fromEntries(definesOf('generated/scalars.h'))).toEqual({
    ...Object.fromEntries(slots),
    SCALAR_COUNT,
  });
});

test('the generated ops.h declares a kernel for every op, and names.h renames it', () => {
  const text = (name: string): string =>
    readFileSync(new URL(`../../../kernels/generated/${name}`, import.meta.url), 'utf8');
  for (const kind of Object.keys(FIELDS).slice(1)) {
    const name = `run${kind[0]!.toUpperCase()}${kind.slice(1)}`;
    expect(text('ops.h')).toContain(`\nvoid ${name}(const Run *run, const int32_t *op);\n`);
    expect(text('names.h')).toContain(`\n#define ${name} NAMED(${name})\n`);
  }
});

test('every op has its kernel in a row of run.c', () => {
  const text = readFileSync(new URL('../../../kernels/src/run.c', import.meta.url), 'utf8');
  const rows = [...text.matchAll(/^ {4}\[OP_(\w+)\] = \{run(\w+), /gm)];
  const expected = Object.keys(FIELDS).slice(1);
  expect(rows.map(([, kind]) => kind)).toEqual(expected.map(upper));
  expect(rows.map(([, , name]) => upper(name!).slice(1))).toEqual(expected.map(upper));
});

test('the lowering leaves room for panels of the widest vectors, 16 lanes', () => {
  const { tensors } = lower({
    spec: { inputs: 1, layers: [dense(1)], seed: 0, dtype: 'float32' },
    purpose: 'predict',
    precision: 'float32',
    capacity: 1,
  });
  const vectors = definesOf('src/kernels.h').get('PANEL_VECTORS')!;
  expect(tensors.get('layers.0.packed')?.size).toBe(vectors * 16);
});
