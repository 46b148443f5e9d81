/** The sections in their order. A new section is a file in `sections/` and a row here. */
import type { Section } from './section.ts';
import { calibrationSection } from './sections/calibration.ts';
import { classificationSection } from './sections/classification.ts';
import { curvesSection } from './sections/curves.ts';
import { dataSection } from './sections/data.ts';
import { importanceSection } from './sections/importance.ts';
import { internalsSection } from './sections/internals.ts';
import { modelSection } from './sections/model.ts';
import { cardSection } from './sections/model-card.ts';
import { regressionSection } from './sections/regression.ts';
import { reproducibilitySection } from './sections/reproducibility.ts';
import { worstRowsSection } from './sections/worst-rows.ts';

/** All sections; the verdict stands above them. */
export const SECTIONS: readonly Section[] = [
  dataSection,
  modelSection,
  curvesSection,
  classificationSection,
  regressionSection,
  calibrationSection,
  importanceSection,
  internalsSection,
  worstRowsSection,
  reproducibilitySection,
  cardSection,
];
