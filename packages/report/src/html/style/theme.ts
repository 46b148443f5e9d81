/**
 * The colours and the type scale of the report. The colours are those of Okabe and Ito (2008), which people with any common
 * colour blindness can tell apart, darkened on paper and lightened on black until lines have a contrast of 3 : 1 and texts of
 * 4.5 : 1 with the ground. A test computes these contrasts.
 */

/** Colours by what they are for, in one theme. */
export interface Theme {
  /** The ground of the page, and that of what lies on it. */
  readonly paper: string;
  readonly raised: string;
  /** Text, quiet text, and lines between things. */
  readonly ink: string;
  readonly quiet: string;
  readonly line: string;
  /** The model on held-out rows; training rows; what is wrong; what is right. */
  readonly model: string;
  readonly train: string;
  readonly wrong: string;
  readonly right: string;
  /** Further series, after `model` and `wrong`. */
  readonly series: readonly [string, string, string, string, string, string];
  /** The light fill of an area in the colour of the model, and the ground of a warning. */
  readonly wash: string;
  readonly warning: string;
}

export const LIGHT: Theme = {
  paper: '#fdfcfa',
  raised: '#f5f3ee',
  ink: '#1d1c1a',
  quiet: '#66625a',
  line: '#dedad1',
  model: '#0068a3',
  train: '#7b766c',
  wrong: '#b84a00',
  right: '#00785a',
  series: ['#0068a3', '#b84a00', '#00785a', '#a2417c', '#8a6200', '#2b7fae'],
  wash: '#dcebf4',
  warning: '#fdf0e3',
};

export const DARK: Theme = {
  paper: '#14161a',
  raised: '#1d2026',
  ink: '#eceae5',
  quiet: '#a8a49b',
  line: '#33373f',
  model: '#62b8ee',
  train: '#958f84',
  wrong: '#f08a4b',
  right: '#3ecb9f',
  series: ['#62b8ee', '#f08a4b', '#3ecb9f', '#e391be', '#e6b032', '#8fb8d8'],
  wash: '#1c3445',
  warning: '#33261a',
};

/** The colours as custom properties of CSS. */
export function themeStyle(theme: Theme): string {
  const { series, ...named } = theme;
  const all = [
    ...Object.entries(named),
    ...series.map((colour, at) => [`series-${at + 1}`, colour] as const),
  ];
  return all.map(([name, colour]) => `--${name}:${colour}`).join(';');
}
