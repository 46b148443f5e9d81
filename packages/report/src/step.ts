/**
 * A traced step as text: each equation with its number and formula, and below it the value it gives.
 */
import type { TracedQuantity } from 'vinculum';
import { latexToText } from './latex.ts';
import { matrixLines, shapeText } from './matrix.ts';
import { displayWidth, pad } from './text.ts';

/** How a step is shown. */
export interface StepRendering {
  /** Formulas in LaTeX. */
  readonly latex?: boolean;
  /** Matrices whole, however large. */
  readonly full?: boolean;
}

/** How a place for text sets words off: a terminal by its codes, a page by elements. */
export interface Emphasis {
  bold(text: string): string;
  dim(text: string): string;
}

/** No emphasis: the text is not changed. */
const PLAIN: Emphasis = { bold: (text) => text, dim: (text) => text };

/** Where the numbers begin. */
const INDENT = '      ';

/**
 * The quantities of a step under the headings forward, backward and update.
 *
 * @param quantities - as `traceStep` gives them
 * @param options - formulas in LaTeX or as text, matrices whole or by their corners
 * @param style - how headings and shapes are set off; plain text if absent
 * @returns lines of text, the first one empty
 */
export function renderStep(
  quantities: readonly TracedQuantity[],
  options: StepRendering,
  style: Emphasis = PLAIN,
): string[] {
  const backward = quantities.findIndex(({ name }) => name === 'LBar');
  const update = quantities.findIndex(({ name }) => name === 'gradientNorm');
  const sections: [string, readonly TracedQuantity[]][] = [
    ['Forward', quantities.slice(0, backward)],
    ['Backward', quantities.slice(backward, update === -1 ? undefined : update)],
    ['Update', update === -1 ? [] : quantities.slice(update)],
  ];
  return sections.flatMap(([title, part]) =>
    part.length === 0
      ? []
      : [
          '',
          style.bold(title),
          ...part.flatMap((quantity) => renderQuantity(quantity, options, style)),
        ],
  );
}

function renderQuantity(
  quantity: TracedQuantity,
  options: StepRendering,
  style: Emphasis,
): string[] {
  const { equation, latex, shape, value } = quantity;
  const formula = options.latex === true ? latex : latexToText(latex);
  const number = pad(`(${equation})`, INDENT.length);
  const line = `${number}${formula}`;
  const size = shape.length === 0 ? '' : shapeText(shape);
  const gap = ' '.repeat(Math.max(2, 64 - displayWidth(line)));
  const numbers = matrixLines(shape, value, options.full);
  if (shape.length === 0) return [`${line}${gap}${numbers[0] ?? ''}`];
  return [
    `${line}${size === '' ? '' : gap + style.dim(size)}`,
    ...numbers.map((text) => INDENT + text),
  ];
}
