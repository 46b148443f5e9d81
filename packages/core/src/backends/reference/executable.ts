/**
 * A Program bound to memory: every op of every phase becomes one call, and a phase runs its calls in order.
 */
import type { Op, Phase, Program } from '../../program/program.ts';
import { byPhase, type Executable, type TensorView } from '../contract.ts';
import { activate, activationAdjoint } from './activation.ts';
import { dense, denseInputAdjoint, denseWeightAdjoint, packWeights } from './dense.ts';
import { dropout } from './dropout.ts';
import {
  embedCategories,
  embedCategoriesInputAdjoint,
  embedCategoriesWeightAdjoint,
} from './embed-categories.ts';
import {
  embedPeriodic,
  embedPeriodicInputAdjoint,
  embedPeriodicWeightAdjoint,
} from './embed-periodic.ts';
import { gather } from './gather.ts';
import { limitNorms } from './limit-norms.ts';
import { loss, lossAdjoint } from './loss.ts';
import { Memory, type Run } from './memory.ts';
import { sumOfSquares } from './norm.ts';
import { normalizeRows, normalizeRowsAdjoint } from './normalize-rows.ts';
import { output } from './output.ts';
import { scaleColumns, scaleColumnsWeightAdjoint } from './scale-columns.ts';
import { scale } from './scale.ts';
import { update } from './update.ts';

const BINDERS: Readonly<Record<Op['kind'], (op: never, memory: Memory) => Run>> = {
  gather,
  packWeights,
  dense,
  activation: activate,
  dropout,
  dropoutAdjoint: dropout,
  output,
  loss,
  lossAdjoint,
  denseWeightAdjoint,
  denseInputAdjoint,
  activationAdjoint,
  scaleColumns,
  scaleColumnsWeightAdjoint,
  normalizeRows,
  normalizeRowsAdjoint,
  embedPeriodic,
  embedPeriodicWeightAdjoint,
  embedPeriodicInputAdjoint,
  embedCategories,
  embedCategoriesWeightAdjoint,
  embedCategoriesInputAdjoint,
  sumOfSquares,
  update,
  limitNorms,
  scale,
};

export class ReferenceExecutable implements Executable {
  readonly program: Program;
  readonly scalars: Float64Array;
  readonly #phases: Readonly<Record<Phase, readonly Run[]>>;
  #memory: Memory | undefined;

  constructor(program: Program) {
    const memory = new Memory(program);
    this.program = program;
    this.scalars = memory.scalars;
    this.#memory = memory;
    this.#phases = byPhase((phase) =>
      program.phases[phase].map((op) => BINDERS[op.kind](op as never, memory)),
    );
  }

  view(name: string): TensorView {
    return this.#open().view(name);
  }

  run(phase: Phase): undefined {
    this.#open();
    for (const run of this.#phases[phase]) run();
  }

  close(): void {
    this.#memory = undefined;
  }

  #open(): Memory {
    if (this.#memory === undefined) throw new Error('internal: the executable is closed.');
    return this.#memory;
  }
}
