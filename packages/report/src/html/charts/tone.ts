/** The colours that a chart may use, by what they mean; `chart-style.ts` gives each of them a class. */
export type Tone =
  'model' | 'train' | 'wrong' | 'right' | 'ink' | 'quiet' | '1' | '2' | '3' | '4' | '5' | '6';

const SERIES = ['1', '2', '3', '4', '5', '6'] as const satisfies readonly Tone[];

/** The tone of one of few series; more series than there are tones are drawn quietly. */
export function seriesTone(index: number): Tone {
  return SERIES[index] ?? 'quiet';
}
