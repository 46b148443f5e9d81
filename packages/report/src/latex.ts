/**
 * The library's equations, written in LaTeX, as one line of text for a terminal: `\bar{Z} = \tfrac{1}{N}(Y - T)`
 * becomes `Z̄ = (1/N)(Y − T)`. It knows only the commands that the library uses; an unknown command is shown by its name.
 */

const MACRON = '\u0304';
const CIRCUMFLEX = '\u0302';

const SYMBOLS: ReadonlyMap<string, string> = new Map([
  ['alpha', 'α'],
  ['beta', 'β'],
  ['gamma', 'γ'],
  ['delta', 'δ'],
  ['epsilon', 'ε'],
  ['eta', 'η'],
  ['lambda', 'λ'],
  ['mu', 'μ'],
  ['rho', 'ρ'],
  ['sigma', 'σ'],
  ['varphi', 'φ'],
  ['phi', 'φ'],
  ['pi', 'π'],
  ['theta', 'θ'],
  ['Phi', 'Φ'],
  ['sum', 'Σ'],
  ['circ', ' ∘ '],
  ['cdot', '·'],
  ['times', ' × '],
  ['le', ' ≤ '],
  ['ge', ' ≥ '],
  ['top', 'ᵀ'],
  ['leftarrow', ' ← '],
  ['infty', '∞'],
  ['partial', '∂'],
  ['quad', '  '],
]);

const SUPERSCRIPTS: ReadonlyMap<string, string> = new Map(
  pairs('0123456789()+-nt', '⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾⁺⁻ⁿᵗ'),
);
const SUBSCRIPTS: ReadonlyMap<string, string> = new Map(
  pairs('0123456789+-tnkij', '₀₁₂₃₄₅₆₇₈₉₊₋ₜₙₖᵢⱼ'),
);

/** Each letter with its superscript or subscript form; all are one UTF-16 unit long. */
function pairs(letters: string, forms: string): [string, string][] {
  return letters.split('').map((letter, index) => [letter, forms.charAt(index)]);
}

/** One line of text for an equation in LaTeX. */
export function latexToText(latex: string): string {
  return new LatexReader(latex)
    .all()
    .replaceAll(/ {2,}/g, ' ')
    .replaceAll('( ', '(')
    .replaceAll(' )', ')')
    .replaceAll(' ;', ';')
    .trim();
}

class LatexReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Everything up to the end, or to the brace or `\end` that closes. */
  all(): string {
    let out = '';
    while (this.#at < this.#text.length) {
      const next = this.#text[this.#at];
      if (next === '}') break;
      if (this.#text.startsWith(String.raw`\end{`, this.#at)) break;
      out += this.#token(out);
    }
    return out;
  }

  /** The text of the next token, given the text before it. */
  #token(before: string): string {
    const next = this.#text[this.#at++] ?? '';
    switch (next) {
      case '\\':
        return this.#command();
      case '{':
        return this.#closed();
      case '^':
        return superscript(this.#argument());
      case '_':
        return subscript(this.#argument());
      case "'":
        return '′';
      case '-':
        return /[\s(,]$|^$/.test(before) && this.#text[this.#at] !== ' ' ? '−' : ' − ';
      case '+':
      case '=':
      case '>':
      case '<':
        return ` ${next} `;
      case '&':
        return ' if ';
      default:
        return next;
    }
  }

  #command(): string {
    const name = /^[a-zA-Z]+/.exec(this.#text.slice(this.#at))?.[0];
    if (name === undefined) {
      const mark = this.#text[this.#at++];
      if (mark === '|') return '‖';
      return mark === '\\' ? '; ' : ' ';
    }
    this.#at += name.length;
    switch (name) {
      case 'bar':
        return accented(this.#argument(), MACRON);
      case 'hat':
        return accented(this.#argument(), CIRCUMFLEX);
      case 'frac':
        return `${grouped(this.#argument())} / ${grouped(this.#argument())}`;
      case 'tfrac':
        return `(${this.#argument()}/${this.#argument()})`;
      case 'sqrt':
        return `√${grouped(this.#argument())}`;
      case 'mathrm':
      case 'text':
      case 'mathcal':
      case 'operatorname':
        return this.#argument();
      case 'left':
      case 'right':
        return '';
      case 'begin':
        return this.#cases();
      default:
        return SYMBOLS.get(name) ?? name;
    }
  }

  /** `{ a if …; b if … }` */
  #cases(): string {
    this.#argument();
    const inside = this.all();
    this.#at += String.raw`\end`.length;
    this.#argument();
    return `{ ${inside.trim()} }`;
  }

  /** What a command takes: a group, a command or one character. */
  #argument(): string {
    const next = this.#text[this.#at++];
    if (next === '{') return this.#closed().trim();
    if (next === '\\') return this.#command().trim();
    return next ?? '';
  }

  #closed(): string {
    const inside = this.all();
    this.#at++;
    return inside;
  }
}

/** A letter with a mark above it; the mark follows the first letter. */
function accented(text: string, mark: string): string {
  const [first = '', ...rest] = text;
  return first + mark + rest.join('');
}

function grouped(text: string): string {
  return /^[\p{L}\p{N}\p{M}⁽⁾⁰¹²³⁴⁵⁶⁷⁸⁹.]+$/u.test(text) ? text : `(${text})`;
}

function superscript(text: string): string {
  if (text === 'ᵀ') return text;
  const letters = text.replaceAll(/\s/g, '').replaceAll('−', '-').split('');
  return letters.every((letter) => SUPERSCRIPTS.has(letter))
    ? letters.map((letter) => SUPERSCRIPTS.get(letter)).join('')
    : `^${letters.length > 1 ? `(${text})` : text}`;
}

/** `t-1` as small letters; the part after a comma, such as a parameter's symbol, in brackets. */
function subscript(text: string): string {
  const [first = '', ...rest] = text.split(',');
  const letters = first.replaceAll(/\s/g, '').replaceAll('−', '-').split('');
  const small = letters.every((letter) => SUBSCRIPTS.has(letter));
  const head = small ? letters.map((letter) => SUBSCRIPTS.get(letter)).join('') : `[${first}]`;
  return rest.length === 0 ? head : `${head}[${rest.join(',').trim()}]`;
}
