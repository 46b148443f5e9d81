/**
 * Numbers beside learned sums of their cosines: forward, eq. (43), the adjoints of the parameters, eq. (44), (45), and the
 * adjoint of the input, eq. (46). Letters: n a row of the batch, c the place of a column among the embedded ones, i that
 * column of the input, f a frequency, e a unit.
 */
import type {
  EmbedPeriodicInputAdjointOp,
  EmbedPeriodicOp,
  EmbedPeriodicWeightAdjointOp,
  Tensor,
} from '../../program/program.ts';
import { columnsOf } from '../contract.ts';
import type { Memory, Run } from './memory.ts';

/** The columns of the input, those of the output or its adjoint, and the frequencies of an embedded column. */
function sizesOf(
  { input, frequency }: Pick<EmbedPeriodicOp, 'input' | 'frequency'>,
  output: Tensor,
): { readonly columns: number; readonly width: number; readonly frequencies: number } {
  return {
    columns: columnsOf(input),
    width: columnsOf(output),
    frequencies: frequency.shape[1] as number,
  };
}

/** h = (x, W cos a + b) with the angles a = 2π f xᵢ + p: eq. (43). */
export function embedPeriodic(op: EmbedPeriodicOp, memory: Memory): Run {
  const { out, cosines, input, frequency, phase, weight, bias } = memory.of(op);
  const { embedded, units } = op;
  const { columns, width, frequencies } = sizesOf(op, op.out);
  return () => {
    for (let n = 0; n < memory.rows(); n++) {
      for (let i = 0; i < columns; i++) out[n * width + i] = input[n * columns + i]!;
      for (const [c, i] of embedded.entries()) {
        const x = input[n * columns + i]!;
        for (let e = 0; e < units; e++) {
          let sum = 0;
          for (let f = 0; f < frequencies; f++) {
            const at = c * frequencies + f;
            const cosine = Math.cos(2 * Math.PI * frequency[at]! * x + phase[at]!);
            sum += weight[(c * units + e) * frequencies + f]! * cosine;
            if (cosines !== undefined) cosines[n * embedded.length * frequencies + at] = cosine;
          }
          out[n * width + columns + c * units + e] = sum + bias[c * units + e]!;
        }
      }
    }
  };
}

/** W̄ = Σₙ h̄ cos aᵀ and b̄ = Σₙ h̄, eq. (44); f̄ = Σₙ 2π xᵢ ā and p̄ = Σₙ ā with ā = −(Wᵀ h̄) ∘ sin a, eq. (45). Overwrites. */
export function embedPeriodicWeightAdjoint(op: EmbedPeriodicWeightAdjointOp, memory: Memory): Run {
  const { input, outBar, frequency, phase, weight } = memory.of(op);
  const { frequencyBar, phaseBar, weightBar, biasBar } = memory.of(op);
  const { embedded, units } = op;
  const { columns, width, frequencies } = sizesOf(op, op.outBar);
  return () => {
    for (const bar of [frequencyBar, phaseBar, weightBar, biasBar]) bar.fill(0);
    for (let n = 0; n < memory.rows(); n++) {
      for (const [c, i] of embedded.entries()) {
        const x = input[n * columns + i]!;
        for (let e = 0; e < units; e++) {
          biasBar[c * units + e]! += outBar[n * width + columns + c * units + e]!;
        }
        for (let f = 0; f < frequencies; f++) {
          const at = c * frequencies + f;
          const angle = 2 * Math.PI * frequency[at]! * x + phase[at]!;
          let cosineBar = 0;
          for (let e = 0; e < units; e++) {
            const bar = outBar[n * width + columns + c * units + e]!;
            const place = (c * units + e) * frequencies + f;
            weightBar[place]! += bar * Math.cos(angle);
            cosineBar += bar * weight[place]!;
          }
          const angleBar = -cosineBar * Math.sin(angle);
          frequencyBar[at]! += angleBar * 2 * Math.PI * x;
          phaseBar[at]! += angleBar;
        }
      }
    }
  };
}

/** x̄ = the adjoint of the copy of x, and for an embedded column also 2π fᵀ ā: eq. (46). */
export function embedPeriodicInputAdjoint(op: EmbedPeriodicInputAdjointOp, memory: Memory): Run {
  const { inputBar, outBar, input, frequency, phase, weight } = memory.of(op);
  const { embedded, units } = op;
  const { columns, width, frequencies } = sizesOf(op, op.outBar);
  return () => {
    for (let n = 0; n < memory.rows(); n++) {
      for (let i = 0; i < columns; i++) inputBar[n * columns + i] = outBar[n * width + i]!;
      for (const [c, i] of embedded.entries()) {
        const x = input[n * columns + i]!;
        for (let f = 0; f < frequencies; f++) {
          const at = c * frequencies + f;
          let cosineBar = 0;
          for (let e = 0; e < units; e++) {
            const bar = outBar[n * width + columns + c * units + e]!;
            cosineBar += bar * weight[(c * units + e) * frequencies + f]!;
          }
          const sine = Math.sin(2 * Math.PI * frequency[at]! * x + phase[at]!);
          inputBar[n * columns + i]! -= cosineBar * sine * 2 * Math.PI * frequency[at]!;
        }
      }
    }
  };
}
