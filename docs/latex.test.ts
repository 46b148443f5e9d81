/**
 * KaTeX can typeset every formula: those of the documents, and those that `traceStep` writes for every activation, loss,
 * optimiser and depth.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import katex from 'katex';
import { describe, expect, test } from 'vitest';
import {
  adagrad,
  adam,
  adamw,
  dense,
  dropout,
  nadam,
  network,
  radam,
  rmsprop,
  sgd,
  traceStep,
  type ActivationKind,
  type Network,
} from 'vinculum';
import { ACTIVATION_KINDS, LOSS_KINDS } from 'vinculum/internal';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** The results for formulas that were typeset before, because most formulas occur many times. */
const judged = new Map<string, string | undefined>();

/** The error of KaTeX for a formula; undefined if it can typeset the formula. */
function faultOf(formula: string): string | undefined {
  if (!judged.has(formula)) judged.set(formula, judge(formula));
  return judged.get(formula);
}

function judge(formula: string): string | undefined {
  try {
    katex.renderToString(formula, { throwOnError: true, strict: 'error', displayMode: true });
    return undefined;
  } catch (error) {
    return `${formula}: ${String(error)}`;
  }
}

function formulasOf(text: string): string[] {
  const shown = text.matchAll(/^```math\n([\s\S]*?)^```$/gm);
  const inline = text.matchAll(/\$`([^`]+)`\$/g);
  return [...shown, ...inline].map((match) => match[1]!.replaceAll(String.raw`\|`, '|'));
}

const DOCUMENTS = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.md'], {
  cwd: ROOT,
  encoding: 'utf8',
})
  .split('\n')
  .filter((path) => path !== '' && formulasOf(readFileSync(join(ROOT, path), 'utf8')).length > 0);

test.each(DOCUMENTS)('KaTeX typesets the formulas of %s', (path) => {
  const formulas = formulasOf(readFileSync(join(ROOT, path), 'utf8'));
  expect(formulas.map(faultOf).filter((fault) => fault !== undefined)).toEqual([]);
});

test('a wrong formula is noticed', () => {
  expect(faultOf(String.raw`H^{(2)}^2`)).toMatch(/superscript/);
  expect(faultOf(String.raw`\frac{1}`)).toBeDefined();
});

const OPTIMIZERS = [
  adam({ amsgrad: true }),
  adam({ epsilonMode: 'hat' }),
  adamw(),
  sgd(),
  sgd({ momentum: 0.9, nesterov: true }),
  rmsprop({ momentum: 0.5 }),
  adagrad(),
  nadam({ weightDecay: 0.1 }),
  radam(),
];

const CLIPS = [undefined, { globalNorm: 1 }, { value: 1 }, { normalize: 1 }];

function netOf(activation: ActivationKind, depth: number): Network {
  const hidden = Array.from({ length: depth - 1 }, () => dense(3, { activation }));
  return network({ inputs: 2, layers: [...hidden, dropout(0.25), dense(2)] });
}

describe.each([1, 2])('the formulas of a step of %i rows', (rows) => {
  const x = [
    [0.5, -1],
    [1, 2],
  ].slice(0, rows);
  const y = [
    [0, 1],
    [1, 0],
  ].slice(0, rows);

  test.each(ACTIVATION_KINDS)('%s, two layers and three, every loss', (activation) => {
    for (const depth of [2, 3]) {
      for (const loss of LOSS_KINDS) {
        const formulas = traceStep(netOf(activation, depth), x, y, { loss }).map(
          ({ latex }) => latex,
        );
        expect(formulas.map(faultOf).filter((fault) => fault !== undefined)).toEqual([]);
      }
    }
  });

  test.each(OPTIMIZERS)('$kind, every clipping', (optimizer) => {
    for (const clip of CLIPS) {
      const options = { loss: 'mse', optimizer, l2: 0.1, ...(clip && { clip }) } as const;
      const formulas = traceStep(netOf('relu', 2), x, y, options).map(({ latex }) => latex);
      expect(formulas.map(faultOf).filter((fault) => fault !== undefined)).toEqual([]);
    }
  });
});
