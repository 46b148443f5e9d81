/**
 * The pieces of LaTeX from which the formulas of a trace are composed. Layers and losses write their equations with
 * them, each with the symbols of its own operands.
 */

/** The transpose of a symbol. A symbol that already has an exponent is put in braces first. */
export function transposed(symbol: string): string {
  return `${symbol.includes('^') ? `{${symbol}}` : symbol}^{\\top}`;
}

/** A matrix product. */
export function times(left: string, right: string): string {
  return `${left}\\,${right}`;
}

/** A product element by element. */
export function elementwise(left: string, right: string): string {
  return `${left} \\circ ${right}`;
}

/** A formula with the given symbols and numbers in place of its one-letter and Greek words. */
export function substituted(
  formula: string,
  symbols: Readonly<Record<string, string | number | undefined>>,
): string {
  return formula.replaceAll(/\\[a-z]+|\b[a-z]\b/gi, (token) => String(symbols[token] ?? token));
}
