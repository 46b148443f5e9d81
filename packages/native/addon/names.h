/*
 * The kernels are compiled once for each instruction set and linked together, so each build gets names of its own:
 * INSTRUCTION_SET is its suffix. Included before everything else.
 */
#ifndef VINCULUM_NAMES_H
#define VINCULUM_NAMES_H

#define JOINED_NAMES(name, suffix) name##_##suffix
#define JOIN_NAMES(name, suffix) JOINED_NAMES(name, suffix)
#define NAMED(name) JOIN_NAMES(name, INSTRUCTION_SET)

#define activate NAMED(activate)
#define activatePart NAMED(activatePart)
#define computePanels NAMED(computePanels)
#define computeWide NAMED(computeWide)
#define exponential NAMED(exponential)
#define logOnePlus NAMED(logOnePlus)
#define meet NAMED(meet)
#define multiply NAMED(multiply)
#define packQuads NAMED(packQuads)
#define packingAt NAMED(packingAt)
#define quadsOf NAMED(quadsOf)
#define run NAMED(run)
#define runActivation NAMED(runActivation)
#define runActivationAdjoint NAMED(runActivationAdjoint)
#define runDense NAMED(runDense)
#define runDenseInputAdjoint NAMED(runDenseInputAdjoint)
#define runDenseWeightAdjoint NAMED(runDenseWeightAdjoint)
#define runDropout NAMED(runDropout)
#define runGather NAMED(runGather)
#define runLoss NAMED(runLoss)
#define runLossAdjoint NAMED(runLossAdjoint)
#define runOutput NAMED(runOutput)
#define runPackWeights NAMED(runPackWeights)
#define runScale NAMED(runScale)
#define runSumOfSquares NAMED(runSumOfSquares)
#define runUpdate NAMED(runUpdate)
#define scratchBytes NAMED(scratchBytes)
#define softmaxLanes NAMED(softmaxLanes)
#define softmaxRow NAMED(softmaxRow)
#define teamBytes NAMED(teamBytes)
#define teamStart NAMED(teamStart)
#define teamStop NAMED(teamStop)
#define walk NAMED(walk)
#define work NAMED(work)

#endif
