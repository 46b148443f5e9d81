/*
 * The op table: how the ops of one phase are written for the kernels. It is a flat array of int32 that
 * run.c walks: for each op its kind, its length in words (these two included), then its fields at the places
 * below; a word OP_END closes it. packages/core/src/backends/kernels/table.ts has the same numbers and writes
 * the table; a test compares the two.
 *
 * A tensor is its place in the arena in units of four bytes, NONE where it is absent. A size counts elements.
 * Tensors whose first dimension is the rows of a run are used up to scalars[SCALAR_ROWS]. A float64 takes
 * two words, low word first; a float32 is the bits of one.
 */
#ifndef VINCULUM_TABLE_H
#define VINCULUM_TABLE_H

#define NONE (-1)

/* Words of every op. */
#define OP_KIND 0
#define OP_LENGTH 1

/* Kinds. */
#define OP_END 0
#define OP_GATHER 1
#define OP_PACK_WEIGHTS 2
#define OP_DENSE 3
#define OP_ACTIVATION 4
#define OP_DROPOUT 5
#define OP_OUTPUT 6
#define OP_LOSS 7
#define OP_LOSS_ADJOINT 8
#define OP_DENSE_WEIGHT_ADJOINT 9
#define OP_DENSE_INPUT_ADJOINT 10
#define OP_ACTIVATION_ADJOINT 11
#define OP_SUM_OF_SQUARES 12
#define OP_UPDATE 13
#define OP_SCALE 14

/* gather; also of labels (words) and of one column of weights. */
#define GATHER_OUT 2
#define GATHER_SOURCE 3
#define GATHER_ROWS 4
#define GATHER_COLUMNS 5
/* 1: the source holds bytes, and `scale` applies; 0: words, copied. */
#define GATHER_BYTES 6
#define GATHER_SCALE 7

#define PACK_WEIGHTS_OUT 2
#define PACK_WEIGHTS_WEIGHT 3
#define PACK_WEIGHTS_FAN_IN 4
#define PACK_WEIGHTS_FAN_OUT 5

#define DENSE_OUT 2
#define DENSE_PRE_ACTIVATION 3
#define DENSE_INPUT 4
#define DENSE_PACKED 5
#define DENSE_BIAS 6
#define DENSE_FAN_IN 7
#define DENSE_FAN_OUT 8
#define DENSE_ACTIVATION 9
/* The slope of leaky-relu, the alpha of elu: a float64. */
#define DENSE_PARAMETER 10

#define ACTIVATION_OUT 2
#define ACTIVATION_INPUT 3
#define ACTIVATION_COLUMNS 4
#define ACTIVATION_ACTIVATION 5
#define ACTIVATION_PARAMETER 6

#define DROPOUT_OUT 2
#define DROPOUT_INPUT 3
#define DROPOUT_COLUMNS 4
/* A unit is kept iff the top 24 bits of its random word reach this. */
#define DROPOUT_THRESHOLD 5
/* 1 - p, a float32. */
#define DROPOUT_KEPT_SHARE 6
/* The last word of the counter: purpose in the top 8 bits | index of the dropout layer. */
#define DROPOUT_STREAM 7

#define OUTPUT_OUT 2
#define OUTPUT_LOGITS 3
#define OUTPUT_COLUMNS 4
#define OUTPUT_FUNCTION 5

#define LOSS_KIND 2
#define LOSS_LOGITS 3
#define LOSS_PROBABILITIES 4
#define LOSS_ROW_LOSSES 5
#define LOSS_TARGET 6
/* 1: the target holds a class index a row; 0: a row of reals. */
#define LOSS_LABELS 7
#define LOSS_ROW_WEIGHTS 8
#define LOSS_COLUMNS 9
/* Label smoothing of the cross-entropies, delta of huber: a float64. */
#define LOSS_PARAMETER 10

#define LOSS_ADJOINT_KIND 2
#define LOSS_ADJOINT_OUT 3
#define LOSS_ADJOINT_LOGITS 4
#define LOSS_ADJOINT_PROBABILITIES 5
#define LOSS_ADJOINT_TARGET 6
#define LOSS_ADJOINT_LABELS 7
#define LOSS_ADJOINT_ROW_WEIGHTS 8
#define LOSS_ADJOINT_COLUMNS 9
#define LOSS_ADJOINT_PARAMETER 10

#define DENSE_WEIGHT_ADJOINT_WEIGHT_BAR 2
#define DENSE_WEIGHT_ADJOINT_BIAS_BAR 3
#define DENSE_WEIGHT_ADJOINT_OUT_BAR 4
#define DENSE_WEIGHT_ADJOINT_INPUT 5
#define DENSE_WEIGHT_ADJOINT_FAN_IN 6
#define DENSE_WEIGHT_ADJOINT_FAN_OUT 7

#define DENSE_INPUT_ADJOINT_INPUT_BAR 2
#define DENSE_INPUT_ADJOINT_OUT_BAR 3
#define DENSE_INPUT_ADJOINT_WEIGHT 4
#define DENSE_INPUT_ADJOINT_FAN_IN 5
#define DENSE_INPUT_ADJOINT_FAN_OUT 6
#define DENSE_INPUT_ADJOINT_SOURCE 7
#define DENSE_INPUT_ADJOINT_ACTIVATION 8
#define DENSE_INPUT_ADJOINT_PARAMETER 9

#define ACTIVATION_ADJOINT_OUT 2
#define ACTIVATION_ADJOINT_INPUT 3
#define ACTIVATION_ADJOINT_SOURCE 4
#define ACTIVATION_ADJOINT_COLUMNS 5
#define ACTIVATION_ADJOINT_ACTIVATION 6
#define ACTIVATION_ADJOINT_PARAMETER 7

#define SUM_OF_SQUARES_SOURCE 2
/* Two float64 for each block of the source: see sum-of-squares.c. */
#define SUM_OF_SQUARES_BLOCKS 3
#define SUM_OF_SQUARES_SIZE 4

#define UPDATE_RULE 2
#define UPDATE_PARAMETERS 3
#define UPDATE_ADJOINTS 4
#define UPDATE_FIRST_MOMENTS 5
#define UPDATE_SECOND_MOMENTS 6
#define UPDATE_THIRD_MOMENTS 7
#define UPDATE_NESTEROV 8
#define UPDATE_WEIGHT_COUNT 9
#define UPDATE_SIZE 10

#define SCALE_OUT 2
#define SCALE_INPUT 3
/* The slot of a scalar. */
#define SCALE_FACTOR 4
#define SCALE_SIZE 5

/* Codes of the activations. */
#define PHI_IDENTITY 0
#define PHI_RELU 1
#define PHI_LEAKY_RELU 2
#define PHI_ELU 3
#define PHI_SELU 4
#define PHI_GELU 5
#define PHI_SILU 6
#define PHI_TANH 7
#define PHI_SIGMOID 8
#define PHI_SOFTPLUS 9

/* Codes of the output functions. */
#define FUNCTION_SOFTMAX 1
#define FUNCTION_SIGMOID 2

/* Codes of the losses. */
#define LOSS_KIND_SOFTMAX_CROSS_ENTROPY 0
#define LOSS_KIND_BINARY_CROSS_ENTROPY 1
#define LOSS_KIND_MSE 2
#define LOSS_KIND_MAE 3
#define LOSS_KIND_HUBER 4

/* Codes of the update rules. */
#define RULE_ADAM 0
#define RULE_SGD 1
#define RULE_RMSPROP 2
#define RULE_ADAGRAD 3

#endif
