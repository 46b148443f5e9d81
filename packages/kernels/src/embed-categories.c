/*
 * embedCategories: a learned row for each category in place of its number: eq. (47). embedCategoriesWeightAdjoint: the adjoint of these
 * rows: eq. (48). embedCategoriesInputAdjoint: the adjoint of the other columns: eq. (49). Letters: n a row, c the place of a
 * column among the embedded ones, i a column of the input.
 */
#include "kernels.h"

/* The sizes that the three ops share. */
typedef struct {
  /* How many columns are embedded; for each its column of the input and its number of levels. */
  int count;
  const int32_t *categories;
  /* Learned numbers of a level. */
  int size;
  /* Columns of the input, of the output, and of the input that are not embedded. */
  int inputs;
  int outputs;
  int others;
} Categories;

/* Reads them; all three ops end with the same fields, and `tail` is the first of these: the columns of the output. */
static Categories categoriesOf(const int32_t *tail) {
  enum { COLUMNS, SIZE, COUNT, CATEGORIES };
  const int others = tail[COLUMNS] - tail[COUNT] * tail[SIZE];
  return (Categories){
      .count = tail[COUNT],
      .categories = tail + CATEGORIES,
      .size = tail[SIZE],
      .inputs = others + tail[COUNT],
      .outputs = tail[COLUMNS],
      .others = others,
  };
}

static int columnOf(const Categories *of, int c) { return of->categories[2 * c]; }

static int levelsOf(const Categories *of, int c) { return of->categories[2 * c + 1]; }

/* The level that a number is, or -1 if it is no whole number from 0 to levels - 1. */
static int levelOf(float x, int levels) {
  const int level = x >= 0.0f && x < (float)levels ? (int)x : -1;
  return (float)level == x ? level : -1;
}

/* to[i] = from[i], or += from[i]. */
INLINE void moveNumbers(float *to, const float *from, int count, int add) {
  for (int i = 0; i < count; i += F32V_LANES) {
    const int some = count - i;
    const f32v value = loadSome(from + i, some);
    storeSome(to + i, add ? loadSome(to + i, some) + value : value, some);
  }
}

/*
 * out[n] = (the columns of input[n] that are not embedded, then for each embedded column weight[start of c + level]); a number
 * that is no level of its column becomes NaN.
 */
void runEmbedCategories(const Run *run, const int32_t *op) {
  const Categories of = categoriesOf(op + EMBED_CATEGORIES_COLUMNS);
  const float *input = tensorAt(run, op[EMBED_CATEGORIES_INPUT]);
  const float *weight = tensorAt(run, op[EMBED_CATEGORIES_WEIGHT]);
  float *out = tensorAt(run, op[EMBED_CATEGORIES_OUT]);
  const Share own = ownShare(run, run->rows);
  for (int n = own.from; n < own.to; n++) {
    const float *from = input + (intptr_t)n * of.inputs;
    float *to = out + (intptr_t)n * of.outputs;
    float *embedded = to + of.others;
    intptr_t start = 0;
    for (int i = 0, c = 0; i < of.inputs; i++) {
      if (c == of.count || i != columnOf(&of, c)) {
        *to++ = from[i];
        continue;
      }
      const int level = levelOf(from[i], levelsOf(&of, c));
      if (level >= 0) moveNumbers(embedded, weight + (start + level) * of.size, of.size, 0);
      for (int k = 0; level < 0 && k < of.size; k++) embedded[k] = __builtin_nanf("");
      embedded += of.size;
      start += levelsOf(&of, c++);
    }
  }
}

/*
 * weightBar[start of c + level] = the sum of outBar[n][c] over the rows of that level, n ascending from +0. A unit of work is an
 * embedded column.
 */
void runEmbedCategoriesWeightAdjoint(const Run *run, const int32_t *op) {
  const Categories of = categoriesOf(op + EMBED_CATEGORIES_WEIGHT_ADJOINT_COLUMNS);
  const float *input = tensorAt(run, op[EMBED_CATEGORIES_WEIGHT_ADJOINT_INPUT]);
  const float *outBar = tensorAt(run, op[EMBED_CATEGORIES_WEIGHT_ADJOINT_OUT_BAR]);
  float *weightBar = tensorAt(run, op[EMBED_CATEGORIES_WEIGHT_ADJOINT_WEIGHT_BAR]);
  const Share own = ownShare(run, of.count);
  for (int c = 0; c < own.to; c++) {
    const int levels = levelsOf(&of, c);
    const intptr_t size = (intptr_t)levels * of.size;
    if (c >= own.from) {
      for (intptr_t k = 0; k < size; k++) weightBar[k] = 0.0f;
      for (int n = 0; n < run->rows; n++) {
        const int level = levelOf(input[(intptr_t)n * of.inputs + columnOf(&of, c)], levels);
        const float *bars = outBar + (intptr_t)n * of.outputs + of.others + c * of.size;
        if (level >= 0) moveNumbers(weightBar + (intptr_t)level * of.size, bars, of.size, 1);
      }
    }
    weightBar += size;
  }
}

/* inputBar[n] = the adjoint of the copied columns, and +0 for the embedded ones. inputBar must not overlap outBar. */
void runEmbedCategoriesInputAdjoint(const Run *run, const int32_t *op) {
  const Categories of = categoriesOf(op + EMBED_CATEGORIES_INPUT_ADJOINT_COLUMNS);
  const float *outBar = tensorAt(run, op[EMBED_CATEGORIES_INPUT_ADJOINT_OUT_BAR]);
  float *inputBar = tensorAt(run, op[EMBED_CATEGORIES_INPUT_ADJOINT_INPUT_BAR]);
  const Share own = ownShare(run, run->rows);
  for (int n = own.from; n < own.to; n++) {
    const float *from = outBar + (intptr_t)n * of.outputs;
    float *to = inputBar + (intptr_t)n * of.inputs;
    for (int i = 0, c = 0; i < of.inputs; i++) {
      const int isEmbedded = c < of.count && i == columnOf(&of, c);
      to[i] = isEmbedded ? 0.0f : *from++;
      c += isEmbedded;
    }
  }
}
