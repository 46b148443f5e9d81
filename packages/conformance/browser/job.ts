/**
 * The work that page, worker and Node each do for the browser test: train a small network with dropout on data made
 * from integers, then predict. Everything is returned as bytes, so that equality means every bit.
 */
import { adam, dense, dropout, fit, network, type Numerics } from 'vinculum';

/** The results of the job in a page, a worker or Node. */
export interface JobResult {
  /** All parameters in their order by name, as the bytes of their float32 values. */
  readonly parameters: readonly number[];
  /** The probabilities of all rows, likewise. */
  readonly probabilities: readonly number[];
  readonly losses: readonly number[];
}

const ROWS = 300;
const COLUMNS = 12;
const CLASSES = 3;

/** Rows in [0, 1) and labels from a 32-bit linear congruential generator (Numerical Recipes' constants). */
function makeData(): { x: { data: Float32Array; shape: [number, number] }; y: number[] } {
  let state = 7;
  const draw = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state;
  };
  const y = Array.from({ length: ROWS }, () => (draw() >>> 16) % CLASSES);
  const data = new Float32Array(ROWS * COLUMNS);
  for (let i = 0; i < data.length; i++) {
    const label = y[Math.floor(i / COLUMNS)] ?? 0;
    data[i] = (draw() >>> 8) / 0x1000000 + ((i % COLUMNS) % CLASSES === label ? 0.5 : 0);
  }
  return { x: { data, shape: [ROWS, COLUMNS] }, y };
}

const bytesOf = (values: ArrayBufferView): number[] =>
  Array.from(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));

/**
 * Trains and predicts.
 *
 * @param epochs - passes over the 300 rows; with many, the job is long enough to measure whether the page reacts meanwhile
 * @param threads - the option `threads` of `fit`
 * @param numerics - of the training; the prediction is portable
 * @returns the bytes of parameters and probabilities, and the loss of each epoch
 */
export async function runJob(
  epochs: number,
  threads?: number,
  numerics: Numerics = 'portable',
): Promise<JobResult> {
  const { x, y } = makeData();
  const net = network({
    inputs: COLUMNS,
    layers: [
      dense(33, { activation: 'gelu' }),
      dropout(0.1),
      dense(17, { activation: 'tanh' }),
      dense(CLASSES),
    ],
    seed: 5,
  });
  const history = await fit(
    net,
    { x, y },
    {
      loss: 'softmax-cross-entropy',
      optimizer: adam({ learningRate: 3e-3 }),
      batchSize: 32,
      epochs,
      validation: 0.1,
      numerics,
      ...(threads === undefined ? {} : { threads }),
    },
  );
  return {
    parameters: [...net.parameters().values()].flatMap(bytesOf),
    probabilities: bytesOf(net.predict(x).data),
    losses: history.epochs.map((epoch) => epoch.loss),
  };
}
