/**
 * A confusion matrix. It is a real table, so it can be read aloud and copied, and its cells are coloured: right ones in the
 * colour of the model, mistakes in the colour of what is wrong.
 */
import { markup, type Markup } from '../markup.ts';

export interface MatrixTable {
  readonly label: string;
  readonly classes: readonly string[];
  /** values[truth][prediction] */
  readonly values: readonly (readonly number[])[];
  /** The depth of a colour, from 0 to 1. */
  readonly shares: readonly (readonly number[])[];
  readonly text: (value: number) => string;
  readonly tip: (truth: number, prediction: number) => string;
}

/** With more classes than this the cells are small. */
const MANY_CLASSES = 8;

/** The deepest colour, in percent; on a deeper one the text would be hard to read. */
const DEEPEST = 45;

export function matrixTable({ label, classes, values, shares, text, tip }: MatrixTable): Markup {
  const many = classes.length > MANY_CLASSES;
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="${label}"><table class="matrix${many ? ' dense' : ''}"><thead><tr><td class="axis"></td><th class="axis" colspan="${classes.length}" scope="colgroup">predicted</th></tr><tr><th class="axis" scope="col">actual</th>${classes.map(
    (name) => markup`<th scope="col">${name}</th>`,
  )}</tr></thead><tbody>${values.map(
    (row, truth) =>
      markup`<tr><th scope="row">${classes[truth]}</th>${row.map((value, prediction) => {
        const share = Math.round(DEEPEST * (shares[truth]?.[prediction] ?? 0));
        const kind = truth === prediction ? 'hit-cell' : 'miss-cell';
        return markup`<td class="${kind}" style="--share:${value === 0 ? 0 : Math.max(6, share)}" data-tip="${tip(truth, prediction)}">${value === 0 ? markup`<span class="quiet">·</span>` : text(value)}</td>`;
      })}</tr>`,
  )}</tbody></table></div>`;
}
