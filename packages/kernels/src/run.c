/*
 * One call of `run` is one phase of a Program: all threads of a team walk the op table together, and each does its own share
 * of every op. The kernel of each op is a row of KERNELS.
 */
#include "entries.h"
#include "kernels.h"

typedef void Kernel(const Run *run, const int32_t *op);

/*
 * What runs an op, and the kinds of op, a bit each, that it does not wait for: if such an op comes directly before it, a thread
 * may begin this one while other threads still work on that one, because this op reads nothing that the other threads write.
 */
typedef struct {
  Kernel *kernel;
  uint32_t waitsNotFor;
} OpRow;

#define BIT(kind) (1u << (kind))

/* An op that reads what the op before it has written waits for every op. */
#define NOTHING 0u

static const OpRow KERNELS[] = {
    [OP_GATHER] = {runGather, BIT(OP_GATHER)},
    [OP_PACK_WEIGHTS] = {runPackWeights, BIT(OP_GATHER) | BIT(OP_PACK_WEIGHTS)},
    [OP_DENSE] = {runDense, NOTHING},
    [OP_ACTIVATION] = {runActivation, NOTHING},
    [OP_DROPOUT] = {runDropout, NOTHING},
    [OP_OUTPUT] = {runOutput, NOTHING},
    [OP_LOSS] = {runLoss, NOTHING},
    /* It reads only those rows of the probabilities that the same thread has written. */
    [OP_LOSS_ADJOINT] = {runLossAdjoint, BIT(OP_LOSS)},
    [OP_DENSE_WEIGHT_ADJOINT] = {runDenseWeightAdjoint, NOTHING},
    [OP_DENSE_INPUT_ADJOINT] = {runDenseInputAdjoint, BIT(OP_DENSE_WEIGHT_ADJOINT)},
    [OP_ACTIVATION_ADJOINT] = {runActivationAdjoint, NOTHING},
    [OP_SUM_OF_SQUARES] = {runSumOfSquares, NOTHING},
    [OP_UPDATE] = {runUpdate, NOTHING},
    [OP_SCALE] = {runScale, NOTHING},
    [OP_SCALE_COLUMNS] = {runScaleColumns, NOTHING},
    [OP_SCALE_COLUMNS_WEIGHT_ADJOINT] = {runScaleColumnsWeightAdjoint, NOTHING},
    [OP_NORMALIZE_ROWS] = {runNormalizeRows, NOTHING},
    [OP_NORMALIZE_ROWS_ADJOINT] = {runNormalizeRowsAdjoint, NOTHING},
};

_Static_assert(sizeof KERNELS / sizeof KERNELS[0] <= 32, "waitsNotFor has a bit for each kind of op");

/* Runs the ops of a table in order, as one thread of a team. */
static void walk(const Run *state, const int32_t *table) {
  int before = OP_END;
  for (const int32_t *op = table; op[OP_KIND] != OP_END; op += op[OP_LENGTH]) {
    const int kind = op[OP_KIND];
    const OpRow row = KERNELS[kind];
    /* The update has packed the weights that it wrote. */
    if (before == OP_UPDATE && kind == OP_PACK_WEIGHTS) continue;
    if (before != OP_END && !(row.waitsNotFor & BIT(before))) meetOthers(state);
    row.kernel(state, op);
    before = kind;
  }
}

/* Walks the job's table as one of its threads; all threads have finished it when this returns. */
static void join(Team *team, int thread) {
  const Run state = {
      .arena = team->arena,
      .scalars = team->scalars,
      .scratch = team->scratch + (uintptr_t)thread * SCRATCH_FLOATS,
      .rows = (int)team->scalars[SCALAR_ROWS],
      .thread = thread,
      .threads = team->threads,
      .team = team,
  };
  walk(&state, team->table);
  meet(team);
}

void run(const int32_t *table, double *scalars, char *arena, float *scratch, Team *team) {
  if (team == 0) {
    const Run alone = {arena, scalars, scratch, (int)scalars[SCALAR_ROWS], 0, 1, 0};
    walk(&alone, table);
    return;
  }
  team->table = table;
  team->scalars = scalars;
  team->arena = arena;
  team->scratch = scratch;
  callWorkers(team);
  join(team, 0);
}

void work(Team *team, int thread) {
  for (int32_t jobs = 0; awaitJob(team, thread, jobs); jobs++) join(team, thread);
}

int scratchBytes(void) { return SCRATCH_FLOATS * (int)sizeof(float); }
