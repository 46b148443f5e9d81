/** The flags of `vinculum train` that say what the columns become before the network sees them. */
import type { Embedding } from 'vinculum';
import { EMBEDDINGS, SCALINGS, type ScalingRule } from 'vinculum/internal';
import { YES_NO } from '../../choices.ts';
import { choice, whole, type Flags } from '../../command-line/flag.ts';

/** The values of these flags; a preset has the others. */
export interface InputPlan {
  readonly scaling?: ScalingRule | undefined;
  readonly addIndicator?: (typeof YES_NO)[number] | undefined;
  readonly embedAbove?: number | undefined;
  readonly embedding?: Embedding | undefined;
}

export const INPUT_FLAGS: Flags<InputPlan> = {
  scaling: choice(SCALINGS, {
    word: 'name',
    help: "of numbers: 'standard', or 'robust' for columns with long tails",
    defaultText: 'robust; fast: standard',
  }),
  addIndicator: choice(YES_NO, {
    word: 'answer',
    help: 'whether a column with missing numbers gets a second input, 1 where one is missing',
    defaultText: 'yes; fast: no',
  }),
  embedAbove: whole({
    min: 1,
    word: 'n',
    help: 'text columns with more categories than this become learned numbers',
    defaultText: 'never',
    example: '8',
  }),
  embedding: choice(EMBEDDINGS, {
    word: 'name',
    help: "of numbers: 'none', 'periodic' for fine structure in them, 'auto': of up to 60 from 200 rows on",
    defaultText: 'auto; fast: none',
  }),
};
