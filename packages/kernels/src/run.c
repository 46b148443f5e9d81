/*
 * The loop over an op table: one call runs one phase. All threads of a team walk it together; each op takes
 * its own share of the work.
 */
#include "kernels.h"

/* Bytes of scratch that a caller of `run` provides for each thread. */
int scratchBytes(void) { return SCRATCH_FLOATS * (int)sizeof(float); }

/*
 * Whether an op may begin before the other threads have finished the one before it: because it reads nothing of
 * that, or, as the adjoint of the loss, only the rows that this thread wrote itself.
 */
static int isIndependent(int kind, int before) {
  switch (kind) {
    case OP_GATHER:
      return before == OP_GATHER;
    case OP_PACK_WEIGHTS:
      return before == OP_GATHER || before == OP_PACK_WEIGHTS;
    case OP_LOSS_ADJOINT:
      return before == OP_LOSS;
    case OP_DENSE_INPUT_ADJOINT:
      return before == OP_DENSE_WEIGHT_ADJOINT;
    default:
      return 0;
  }
}

static void runOp(const Run *state, const int32_t *op) {
  switch (op[OP_KIND]) {
    case OP_GATHER:
      runGather(state, op);
      break;
    case OP_PACK_WEIGHTS:
      runPackWeights(state, op);
      break;
    case OP_DENSE:
      runDense(state, op);
      break;
    case OP_ACTIVATION:
      runActivation(state, op);
      break;
    case OP_DROPOUT:
      runDropout(state, op);
      break;
    case OP_OUTPUT:
      runOutput(state, op);
      break;
    case OP_LOSS:
      runLoss(state, op);
      break;
    case OP_LOSS_ADJOINT:
      runLossAdjoint(state, op);
      break;
    case OP_DENSE_WEIGHT_ADJOINT:
      runDenseWeightAdjoint(state, op);
      break;
    case OP_DENSE_INPUT_ADJOINT:
      runDenseInputAdjoint(state, op);
      break;
    case OP_ACTIVATION_ADJOINT:
      runActivationAdjoint(state, op);
      break;
    case OP_SUM_OF_SQUARES:
      runSumOfSquares(state, op);
      break;
    case OP_UPDATE:
      runUpdate(state, op);
      break;
    case OP_SCALE:
      runScale(state, op);
      break;
    default:
      __builtin_trap();
  }
}

void walk(const Run *state, const int32_t *table) {
  int before = OP_END;
  for (const int32_t *op = table; op[OP_KIND] != OP_END; op += op[OP_LENGTH]) {
    /* The update packs the weights that it has just written. */
    if (before == OP_UPDATE && op[OP_KIND] == OP_PACK_WEIGHTS) continue;
    if (state->team && before != OP_END && !isIndependent(op[OP_KIND], before)) meet(state->team);
    runOp(state, op);
    before = op[OP_KIND];
  }
}
