/**
 * The option `solver` of estimators and what goes with each: how the rate changes is for `'sgd'`, and what happens in batches or
 * epochs is not for `'lbfgs'`.
 */
import { mustBe, rangeError, typeError } from '../words/fault.ts';
import { checkChoice } from '../words/options.ts';

const SOLVERS = ['adam', 'sgd', 'lbfgs'] as const;
export type Solver = (typeof SOLVERS)[number];

const RATES = ['constant', 'invscaling', 'adaptive'] as const;
/** How the learning rate changes, by scikit-learn's names. */
export type RateRule = (typeof RATES)[number];

/** The rule of the option. @throws {TypeError} when it is no text @throws {RangeError} when it is unknown */
export function readSolver(where: string, name: string, solver: unknown = 'adam'): Solver {
  return checkChoice(where, name, solver, SOLVERS);
}

/** What a solver must go with. */
interface SolverSettings {
  readonly solver: Solver;
  readonly learningRate: RateRule;
  readonly hidden: readonly { readonly dropout: number }[];
  readonly earlyStopping: boolean;
  readonly maxNorm?: number | undefined;
}

/** The options of which only their presence counts. */
interface GivenOptions {
  readonly preset?: unknown;
  readonly validationData?: unknown;
  readonly clip?: unknown;
  readonly callbacks?: readonly unknown[];
}

/**
 * Refuses what would have no effect with a solver although it is meant to change what is learned.
 *
 * @throws {RangeError} when an option does not go with the solver
 */
export function checkSolver(where: string, settings: SolverSettings, given: GivenOptions): void {
  const { solver, learningRate } = settings;
  if (learningRate !== 'constant' && solver !== 'sgd') {
    throw rangeError({
      where,
      subject: `learningRate '${learningRate}'`,
      rule: "must go with solver 'sgd'",
      got: `solver '${solver}'`,
    });
  }
  if (solver !== 'lbfgs') return;
  const foreign: readonly (readonly [name: string, used: boolean])[] = [
    ['dropout', settings.hidden.some(({ dropout }) => dropout > 0)],
    ['earlyStopping', settings.earlyStopping],
    ['validationData', given.validationData !== undefined],
    ['maxNorm', settings.maxNorm !== undefined],
    ['clip', given.clip !== undefined],
    ['callbacks', (given.callbacks ?? []).length > 0],
  ];
  const found = foreign.find(([, used]) => used);
  if (found === undefined) return;
  throw rangeError({
    where,
    subject: found[0],
    rule: "must go with solver 'adam' or 'sgd'",
    got: "solver 'lbfgs'",
    remedy: given.preset === undefined ? '' : ' Presets have it; leave preset off.',
  });
}

/** The rule of the option `learningRate`. @throws {TypeError} when it is a number @throws {RangeError} when it is unknown */
export function readRate(where: string, name: string, rate: unknown = 'constant'): RateRule {
  if (typeof rate === 'number') {
    const rule = "'constant', 'invscaling' or 'adaptive', as in scikit-learn";
    const remedy = ' The number belongs to learningRateInit.';
    throw typeError(mustBe(where, name, rule, rate, remedy));
  }
  return checkChoice(where, name, rate, RATES);
}
