/**
 * HTML and SVG as text that is safe by construction. `markup` is a template tag: what stands in the template is markup, and
 * each value that is put into it is escaped, unless it is markup itself. Therefore a column that is called `<script>` is shown
 * by its name, and no file of this folder escapes anything by hand.
 */

/** Text that is markup already. Only {@link markup} and {@link trusted} make it. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What may be put into a template. `undefined` and `false` give nothing; a list gives its items one after another. */
export type Insert =
  string | number | Markup | undefined | false | readonly (string | number | Markup | undefined)[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Control characters, which HTML does not allow, and the marks that turn the direction of the text after them. */
const UNSHOWABLE = /[\p{Cc}\p{Surrogate}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** A text as the content of an element or of an attribute in quotes. */
function escaped(text: string): string {
  return text
    .replace(UNSHOWABLE, (mark) => (/[\n\t]/.test(mark) ? mark : '\ufffd'))
    .replace(/[&<>"']/g, (mark) => ENTITIES[mark] ?? mark);
}

/** The template tag; see the head of this file. */
export function markup(parts: TemplateStringsArray, ...values: readonly Insert[]): Markup {
  return new Markup(parts.map((part, at) => part + textOf(values[at])).join(''));
}

/** Markup that another program has made and whose values it has escaped. */
export function trusted(text: string): Markup {
  return new Markup(text);
}

/** Several pieces one after another. */
export function joined(pieces: readonly Insert[]): Markup {
  return new Markup(pieces.map(textOf).join(''));
}

function textOf(value: Insert): string {
  if (value === undefined || value === false) return '';
  if (value instanceof Markup) return value.text;
  if (typeof value === 'object') return value.map(textOf).join('');
  return escaped(String(value));
}
