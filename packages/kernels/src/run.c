/*
 * The loop over an op table: one call runs one phase. The only entry of the module.
 */
#include "kernels.h"
#include "scalars.h"

/* Bytes of scratch that a caller of `run` provides. */
int scratchBytes(void) { return SCRATCH_FLOATS * (int)sizeof(float); }

/*
 * Runs the ops of `table` in order.
 *
 * scalars: SCALAR_COUNT doubles, 8-byte aligned; inputs are read, results written.
 * arena:   the tensors, 64-byte aligned.
 * scratch: scratchBytes() bytes, 64-byte aligned, overwritten.
 */
void run(const int32_t *table, double *scalars, char *arena, float *scratch) {
  const Run state = {arena, scalars, scratch, (int)scalars[SCALAR_ROWS]};
  for (const int32_t *op = table; op[OP_KIND] != OP_END; op += op[OP_LENGTH]) {
    switch (op[OP_KIND]) {
      case OP_GATHER:
        runGather(&state, op);
        break;
      case OP_PACK_WEIGHTS:
        runPackWeights(&state, op);
        break;
      case OP_DENSE:
        runDense(&state, op);
        break;
      case OP_ACTIVATION:
        runActivation(&state, op);
        break;
      case OP_DROPOUT:
        runDropout(&state, op);
        break;
      case OP_OUTPUT:
        runOutput(&state, op);
        break;
      case OP_LOSS:
        runLoss(&state, op);
        break;
      case OP_LOSS_ADJOINT:
        runLossAdjoint(&state, op);
        break;
      case OP_DENSE_WEIGHT_ADJOINT:
        runDenseWeightAdjoint(&state, op);
        break;
      case OP_DENSE_INPUT_ADJOINT:
        runDenseInputAdjoint(&state, op);
        break;
      case OP_ACTIVATION_ADJOINT:
        runActivationAdjoint(&state, op);
        break;
      case OP_SUM_OF_SQUARES:
        runSumOfSquares(&state, op);
        break;
      case OP_UPDATE:
        runUpdate(&state, op);
        break;
      case OP_SCALE:
        runScale(&state, op);
        break;
      default:
        __builtin_trap();
    }
  }
}
