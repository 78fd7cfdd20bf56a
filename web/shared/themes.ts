import {
  type BrandVariants,
  createDarkTheme,
  createLightTheme,
  type Theme,
  teamsDarkTheme,
  teamsLightTheme,
} from '@fluentui/react-components';

const skypeBrand: BrandVariants = {
  10: '#001724',
  20: '#00263b',
  30: '#003556',
  40: '#00446f',
  50: '#005188',
  60: '#005a9e',
  70: '#0067b0',
  80: '#0073c4',
  90: '#1681d0',
  100: '#2b8eda',
  110: '#479ce1',
  120: '#62abe8',
  130: '#82bdee',
  140: '#a3cff4',
  150: '#c7e2f9',
  160: '#e9f4fd',
};

/** Both products' own face, and the nearest relatives where it is not installed. */
const fontFamilyBase =
  "'Segoe UI', 'Segoe UI Web (West European)', Roboto, 'Helvetica Neue', Arial, sans-serif";

/** One product's colours, by day and by night. */
export interface Themes {
  readonly light: Theme;
  readonly dark: Theme;
}

export const teamsThemes: Themes = {
  light: { ...teamsLightTheme, fontFamilyBase },
  dark: { ...teamsDarkTheme, fontFamilyBase },
};
export const skypeThemes: Themes = {
  light: { ...createLightTheme(skypeBrand), fontFamilyBase },
  dark: { ...createDarkTheme(skypeBrand), fontFamilyBase },
};
/** Around and between the two products. */
export const pageThemes: Themes = teamsThemes;
