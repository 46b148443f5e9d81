/** The facts of the model: its layers, its equations, and how a row is prepared before the first layer. */

export interface ModelFacts {
  /** Columns of the matrix after the preparation. */
  readonly inputs: number;
  /** How many networks there are, whose outputs are averaged. */
  readonly members: number;
  /** Of one network, in order. */
  readonly layers: readonly LayerFacts[];
  /** The function of the last values: `softmax`, `sigmoid` or `identity`. */
  readonly output: string;
  /** Of all networks together. */
  readonly parameters: number;
  /** Of the parameters in memory. */
  readonly bytes: number;
  /** Of one row's forward pass through one network. */
  readonly operations: number;
  /** The loss, with its settings if it has some. */
  readonly loss: string;
  /** The optimiser and its schedule, in words. */
  readonly optimizer: string;
  /** What was done against overfitting, in words: penalties, dropout, early stopping. */
  readonly regularisation: readonly string[];
  /** The equations of a step, in order. */
  readonly equations: readonly EquationFacts[];
  readonly preparation: readonly PreparationFacts[];
}

export interface LayerFacts {
  /** As `summary()` writes it, such as `dense (relu)`. */
  readonly title: string;
  /** `dense`, `dropout`, … */
  readonly kind: string;
  /** Of a layer with one. */
  readonly activation?: string;
  readonly inputs: number;
  readonly outputs: number;
  readonly parameters: number;
  readonly operations: number;
}

export interface EquationFacts {
  /** What it is a part of: a prediction, the loss of a row, its gradient, or the step of an optimiser. */
  readonly group: 'prediction' | 'loss' | 'gradient' | 'update';
  /** As docs/equations.md numbers it. */
  readonly number: string;
  readonly latex: string;
}

export interface PreparationFacts {
  readonly column: string;
  readonly kind: string;
  /** Columns that it becomes. */
  readonly inputs: number;
  /** In words, with the numbers that were learned from the training rows. */
  readonly how: string;
}
