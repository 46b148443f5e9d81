/*
 * One call of `run` is one phase of a Program: the threads of a team work through the op table together, stage by stage, and
 * each takes pieces of every stage. The kernel of each op is a row of KERNELS.
 */
#include "entries.h"
#include "kernels.h"

typedef void Kernel(const Run *run, const int32_t *op);

/*
 * What runs a piece of an op; what runs once after all its pieces; and the kinds of op, a bit each, that it does not wait for: if
 * such an op comes directly before it, both are in one stage, because this op reads nothing that other pieces of that one write.
 */
typedef struct {
  Kernel *kernel;
  Kernel *finish;
  uint32_t waitsNotFor;
} OpRow;

#define BIT(kind) (1u << (kind))

/* An op that reads what the op before it has written waits for every op. */
#define NOTHING 0u

static const OpRow KERNELS[] = {
    [OP_GATHER] = {runGather, 0, BIT(OP_GATHER)},
    [OP_PACK_WEIGHTS] = {runPackWeights, 0, BIT(OP_GATHER) | BIT(OP_PACK_WEIGHTS)},
    [OP_DENSE] = {runDense, 0, NOTHING},
    [OP_ACTIVATION] = {runActivation, 0, NOTHING},
    [OP_DROPOUT] = {runDropout, 0, NOTHING},
    [OP_OUTPUT] = {runOutput, 0, NOTHING},
    [OP_LOSS] = {runLoss, finishLoss, NOTHING},
    /* It reads only those rows of the probabilities that the same piece has written. */
    [OP_LOSS_ADJOINT] = {runLossAdjoint, 0, BIT(OP_LOSS)},
    [OP_DENSE_WEIGHT_ADJOINT] = {runDenseWeightAdjoint, 0, NOTHING},
    [OP_DENSE_INPUT_ADJOINT] = {runDenseInputAdjoint, 0, BIT(OP_DENSE_WEIGHT_ADJOINT)},
    [OP_ACTIVATION_ADJOINT] = {runActivationAdjoint, 0, NOTHING},
    [OP_SUM_OF_SQUARES] = {runSumOfSquares, finishSumOfSquares, NOTHING},
    [OP_UPDATE] = {runUpdate, 0, NOTHING},
    [OP_SCALE] = {runScale, 0, NOTHING},
    [OP_SCALE_COLUMNS] = {runScaleColumns, 0, NOTHING},
    [OP_SCALE_COLUMNS_WEIGHT_ADJOINT] = {runScaleColumnsWeightAdjoint, 0, NOTHING},
    [OP_NORMALIZE_ROWS] = {runNormalizeRows, 0, NOTHING},
    [OP_NORMALIZE_ROWS_ADJOINT] = {runNormalizeRowsAdjoint, 0, NOTHING},
    [OP_EMBED_PERIODIC] = {runEmbedPeriodic, 0, NOTHING},
    [OP_EMBED_PERIODIC_WEIGHT_ADJOINT] = {runEmbedPeriodicWeightAdjoint, 0, NOTHING},
    /* The adjoints of the parameters read what this op reads. */
    [OP_EMBED_PERIODIC_INPUT_ADJOINT] = {runEmbedPeriodicInputAdjoint, 0, BIT(OP_EMBED_PERIODIC_WEIGHT_ADJOINT)},
    [OP_EMBED_CATEGORIES] = {runEmbedCategories, 0, NOTHING},
    [OP_EMBED_CATEGORIES_WEIGHT_ADJOINT] = {runEmbedCategoriesWeightAdjoint, 0, NOTHING},
    [OP_EMBED_CATEGORIES_INPUT_ADJOINT] = {runEmbedCategoriesInputAdjoint, 0, BIT(OP_EMBED_CATEGORIES_WEIGHT_ADJOINT)},
    [OP_LIMIT_NORMS] = {runLimitNorms, 0, BIT(OP_LIMIT_NORMS)},
};

_Static_assert(sizeof KERNELS / sizeof KERNELS[0] <= 32, "waitsNotFor has a bit for each kind of op");

static const int32_t *opAfter(const int32_t *op) { return op + op[OP_LENGTH]; }

/* The op after the one of kind `before`: the update has packed the weights that it wrote. */
static const int32_t *skipPacked(int before, const int32_t *op) {
  while (before == OP_UPDATE && op[OP_KIND] == OP_PACK_WEIGHTS) op = opAfter(op);
  return op;
}

/* Runs a piece of the ops of the stage that begins with `op`, or their ends; returns the first op after them. */
static const int32_t *runStage(const Run *run, const int32_t *op, int ends) {
  for (;;) {
    const int kind = op[OP_KIND];
    const OpRow *row = &KERNELS[kind];
    if (!ends) row->kernel(run, op);
    if (ends && row->finish) row->finish(run, op);
    op = skipPacked(kind, opAfter(op));
    if (op[OP_KIND] == OP_END || !(KERNELS[op[OP_KIND]].waitsNotFor & BIT(kind))) return op;
  }
}

/* Runs all ops of a table as the only thread: there are no stages, because every op is one piece. */
static void walkAlone(const Run *run, const int32_t *op) {
  while (op[OP_KIND] != OP_END) {
    const int kind = op[OP_KIND];
    const OpRow *row = &KERNELS[kind];
    row->kernel(run, op);
    if (row->finish) row->finish(run, op);
    op = skipPacked(kind, opAfter(op));
  }
}

/* About how many operations a product does in each piece at least, so that claims cost nothing beside it: a tenth of a millisecond. */
#define OPERATIONS_PER_PIECE 1e7

/* The most pieces of a product for each thread, because each further piece reads and packs some of the factors again. */
#define MOST_PRODUCT_PIECES 2

/* How many pieces the stage that begins with `op` has, so that each is short; the first op stands for all of them. */
static int piecesOf(const int32_t *op, int rows, int threads) {
  double operations = 0.0;
  int most = MOST_PRODUCT_PIECES;
  if (op[OP_KIND] == OP_DENSE) operations = 2.0 * rows * op[DENSE_FAN_IN] * op[DENSE_FAN_OUT];
  if (op[OP_KIND] == OP_DENSE_WEIGHT_ADJOINT) {
    operations = 2.0 * rows * op[DENSE_WEIGHT_ADJOINT_FAN_IN] * op[DENSE_WEIGHT_ADJOINT_FAN_OUT];
  }
  if (op[OP_KIND] == OP_UPDATE) {
    operations = 16.0 * op[UPDATE_SIZE];
    most = MOST_PIECES;
  }
  const double pieces = operations / (threads * OPERATIONS_PER_PIECE);
  return threads * (pieces < 1.0 ? 1 : pieces > most ? most : (int)pieces);
}

/* Opens the stage that begins with `op`, as thread `thread`. */
static void beginStage(Team *team, int thread, const int32_t *op) {
  const int rows = (int)team->scalars[SCALAR_ROWS];
  openStage(team, thread, op, op[OP_KIND] == OP_END ? 0 : piecesOf(op, rows, team->threads));
}

/* Takes part in the present job as one of its threads; nothing is left to do in it when this returns. */
static void join(Team *team, int thread) {
  Piece piece;
  while (claimPiece(team, thread, &piece)) {
    const Run state = {
        .arena = team->arena,
        .scalars = team->scalars,
        .scratch = team->scratch + (uintptr_t)thread * SCRATCH_FLOATS,
        .rows = (int)team->scalars[SCALAR_ROWS],
        .piece = piece.piece,
        .pieces = piece.pieces,
    };
    runStage(&state, piece.op, 0);
    if (finishPiece(team)) beginStage(team, thread, runStage(&state, piece.op, 1));
  }
}

void run(const int32_t *table, double *scalars, char *arena, float *scratch, Team *team) {
  if (team == 0) {
    const Run alone = {arena, scalars, scratch, (int)scalars[SCALAR_ROWS], 0, 1};
    walkAlone(&alone, table);
    return;
  }
  team->scalars = scalars;
  team->arena = arena;
  team->scratch = scratch;
  beginStage(team, 0, table);
  callWorkers(team);
  join(team, 0);
}

void work(Team *team, int thread) {
  for (int32_t ticket = 0; awaitJob(team, thread, &ticket);) join(team, thread);
}

int scratchBytes(void) { return SCRATCH_FLOATS * (int)sizeof(float); }
