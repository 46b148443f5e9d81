/** The spellings of a missing value, which are compared after trimming, in the cells of every reader. */
export const MISSING_VALUES: readonly string[] = [
  '',
  'NA',
  'na',
  'N/A',
  'n/a',
  '#N/A',
  '<NA>',
  '?',
  'NaN',
  'nan',
  'NAN',
  'null',
  'NULL',
  'Null',
  'None',
];
