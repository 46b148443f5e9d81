/** Tables of the page, and the figure that every chart stands in: a title, a sentence, the picture, and the table behind it. */
import { markup, type Insert, type Markup } from './markup.ts';

export interface Column {
  readonly title: string;
  readonly isNumber?: boolean;
}

export interface DataTable {
  /** For readers who do not see the page, and above the table if `shown`. */
  readonly caption: string;
  readonly columns: readonly Column[];
  /** The first cell of a row names it. */
  readonly rows: readonly (readonly Insert[])[];
  /** A class of the table as a whole. */
  readonly kind?: string;
  /** Classes of rows, such as `marked`; by index. */
  readonly rowClass?: (row: number) => string;
}

/** A table that scrolls by itself if the page is too narrow for it. */
export function dataTable({ caption, columns, rows, kind, rowClass }: DataTable): Markup {
  const cellClass = (at: number): Markup | '' =>
    columns[at]?.isNumber === true ? markup` class="number"` : '';
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="${caption}"><table${kind === undefined ? '' : markup` class="${kind}"`}><thead><tr>${columns.map(
    ({ title }, at) => markup`<th scope="col"${cellClass(at)}>${title}</th>`,
  )}</tr></thead><tbody>${rows.map(
    (row, index) =>
      markup`<tr${rowClass === undefined ? '' : markup` class="${rowClass(index)}"`}>${row.map(
        (cell, at) =>
          at === 0
            ? markup`<th scope="row"${cellClass(at)}>${cell}</th>`
            : markup`<td${cellClass(at)}>${cell}</td>`,
      )}</tr>`,
  )}</tbody></table></div>`;
}

export interface Figure {
  readonly title: string;
  /** What to see in it; one or two sentences. */
  readonly says?: Insert;
  readonly chart: Markup;
  /** The numbers of the chart. */
  readonly table?: DataTable;
  /** Whether it takes the whole width. */
  readonly wide?: boolean;
}

/** A chart with its title and its numbers. */
export function figure({ title, says, chart, table, wide = false }: Figure): Markup {
  return markup`<figure${wide ? markup` class="wide"` : ''}><header><h3>${title}</h3>${
    says === undefined ? '' : markup`<p>${says}</p>`
  }</header>${chart}${table === undefined ? '' : behind('Numbers', dataTable(table))}</figure>`;
}

/** Something that is shown when it is asked for. */
export function behind(summary: string, content: Markup): Markup {
  return markup`<details class="behind"><summary>${summary}</summary>${content}</details>`;
}
