// The look of the program, and the only place where colours are written down (UX 0). Screens use Mantine's components and
// the variables named here: --kanal-paper, --kanal-hairline, --kanal-family-message ...
import { Button, Checkbox, Chip, createTheme, defaultVariantColorsResolver, Drawer, Menu, Modal, Popover, Radio, Select, Stepper, Table, Tooltip, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';

/** Canal teal: shade 7 is the accent on light, shade 4 on dark. */
const canal: MantineColorsTuple = ['#e8f5f6', '#d0eaec', '#a3d6da', '#70c6cd', '#3db8c2', '#25a0aa', '#148893', '#0e7c86', '#0b656d', '#084c52'];
const gray: MantineColorsTuple = ['#f7f7f5', '#f0f0ed', '#e6e6e2', '#d9d9d4', '#c6c7c2', '#9ea29f', '#767c7b', '#565d5d', '#363c3d', '#1d2223'];
const dark: MantineColorsTuple = ['#d9dedf', '#b9c1c3', '#99a3a6', '#6c777a', '#3d4649', '#2f3739', '#23292b', '#1a1f21', '#14181a', '#0e1112'];
const red: MantineColorsTuple = ['#fdf0ee', '#fadeda', '#f3b9b2', '#ec968c', '#e5786c', '#d95b4e', '#c8473b', '#b3382d', '#942c23', '#74221b'];
const amber: MantineColorsTuple = ['#fdf5e6', '#faeacc', '#f3d598', '#ebbf63', '#e0a63a', '#c98c1f', '#ab7412', '#8a5c0b', '#6e4908', '#523606'];
const green: MantineColorsTuple = ['#ecf6ef', '#d7ecdd', '#aed8ba', '#83c396', '#5fae77', '#45955e', '#347f4c', '#296a3d', '#1f5430', '#163e23'];

const quick = { transitionProps: { duration: 120 } };

export const theme = createTheme({
  primaryColor: 'canal',
  primaryShade: { light: 7, dark: 4 },
  // What is filled carries dark words on dark, where the shades are light, and white ones on light.
  variantColorResolver: (input) => {
    const colours = defaultVariantColorsResolver(input);
    return input.variant === 'filled' ? { ...colours, color: 'var(--kanal-on-filled)' } : colours;
  },
  colors: { canal, gray, dark, red, amber, green },
  black: '#1d2223',
  defaultRadius: 'md',
  radius: { xs: '3px', sm: '5px', md: '8px', lg: '8px', xl: '12px' },
  spacing: { xs: '4px', sm: '8px', md: '12px', lg: '16px', xl: '24px' },
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "Cascadia Code", Menlo, Consolas, "Liberation Mono", monospace',
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '20px' },
  headings: {
    fontWeight: '600',
    sizes: { h1: { fontSize: '20px', lineHeight: '1.35' }, h2: { fontSize: '16px', lineHeight: '1.4' }, h3: { fontSize: '14px', lineHeight: '1.45' } },
  },
  respectReducedMotion: true,
  cursorType: 'pointer',
  components: {
    // The top bar is 44 px high; a button of the usual size must leave air in it.
    Button: Button.extend({ vars: (_theme, { size }) => ({ root: size === undefined || size === 'sm' ? { '--button-height': '32px', '--button-padding-x': '14px' } : {} }) }),
    // Their ticks do not ask the resolver above.
    Checkbox: Checkbox.extend({ vars: () => ({ root: { '--checkbox-icon-color': 'var(--kanal-on-filled)' } }) }),
    Radio: Radio.extend({ vars: () => ({ root: { '--radio-icon-color': 'var(--kanal-on-filled)' } }) }),
    Chip: Chip.extend({ vars: () => ({ root: { '--chip-color': 'var(--kanal-on-filled)' }, label: {}, iconWrapper: {} }) }),
    Stepper: Stepper.extend({ vars: () => ({ root: { '--stepper-icon-color': 'var(--kanal-on-filled)' } }) }),
    Modal: Modal.extend({ styles: { title: { fontWeight: 600, fontSize: '16px' } }, defaultProps: { ...quick, padding: 'xl', radius: 'md', shadow: 'xl', overlayProps: { backgroundOpacity: 0.35 } } }),
    Drawer: Drawer.extend({ styles: { title: { fontWeight: 600, fontSize: '16px' } }, defaultProps: { ...quick, shadow: 'xl', overlayProps: { backgroundOpacity: 0.35 } } }),
    Menu: Menu.extend({ defaultProps: { ...quick, shadow: 'xl' } }),
    Popover: Popover.extend({ defaultProps: { ...quick, shadow: 'xl' } }),
    Select: Select.extend({ defaultProps: { allowDeselect: false, comboboxProps: { shadow: 'xl' } } }),
    Table: Table.extend({ defaultProps: { borderColor: 'var(--kanal-hairline)', highlightOnHoverColor: 'var(--kanal-hover)' } }),
    Tooltip: Tooltip.extend({ defaultProps: { openDelay: 400, ...quick } }),
  },
});

/** How many colours workspaces are told apart by; see `workspaceColour`. */
const STRIPS_LIGHT = ['#0e7c86', '#7a4fb5', '#b3543a', '#2f6fb0', '#5b7f2a', '#a8457f', '#8a6a12', '#4a5a66'];
const STRIPS_DARK = ['#3db8c2', '#a987dc', '#dc8168', '#6aa6e2', '#93b95e', '#d97fb2', '#d0a63c', '#93a3af'];

function strips(colours: string[]): Record<string, string> {
  return Object.fromEntries(colours.map((colour, index) => [`--kanal-workspace-${index}`, colour]));
}

export const cssVariables: CSSVariablesResolver = () => ({
  variables: {
    '--kanal-radius': '8px',
    '--mantine-shadow-xl': '0 1px 2px rgba(20, 28, 30, 0.06), 0 8px 28px rgba(20, 28, 30, 0.14)',
  },
  light: {
    '--mantine-color-body': '#ffffff',
    '--mantine-color-dimmed': '#5c6464',
    '--mantine-color-placeholder': '#6b7373',
    '--mantine-color-default-border': '#d9d9d4',
    '--mantine-color-error': '#b3382d',
    '--kanal-on-filled': '#ffffff',
    '--mantine-primary-color-contrast': '#ffffff',
    '--kanal-ground': '#f7f7f5',
    '--kanal-paper': '#ffffff',
    '--kanal-hairline': '#e4e4df',
    '--kanal-hover': '#f0f0ec',
    '--kanal-selected': '#e3f1f2',
    '--kanal-text': '#1d2223',
    '--kanal-caption': '#5c6464',
    '--kanal-accent': '#0e7c86',
    '--kanal-accent-text': '#0b656d',
    '--kanal-accent-soft': '#e8f5f6',
    '--kanal-amber': '#8a5c0b',
    '--kanal-amber-soft': '#fdf5e6',
    '--kanal-red': '#b3382d',
    '--kanal-red-soft': '#fdf0ee',
    '--kanal-green': '#296a3d',
    '--kanal-green-soft': '#ecf6ef',
    '--kanal-line-drawing': '#8a9292',
    '--kanal-family-trigger': '#7a4fb5',
    '--kanal-family-message': '#2f6fb0',
    '--kanal-family-time': '#a8700c',
    '--kanal-family-logic': '#0e7c86',
    '--kanal-family-contact': '#b8436d',
    '--kanal-family-people': '#2f7d4a',
    '--kanal-family-end': '#5d6a74',
    ...strips(STRIPS_LIGHT),
  },
  dark: {
    '--mantine-color-body': '#1a1f21',
    '--mantine-color-dimmed': '#a3adb0',
    '--mantine-color-placeholder': '#8d989b',
    '--mantine-color-default-border': '#3d4649',
    '--mantine-color-error': '#ec968c',
    '--kanal-on-filled': '#0e1112',
    '--mantine-primary-color-contrast': '#0e1112',
    '--kanal-ground': '#14181a',
    '--kanal-paper': '#1a1f21',
    '--kanal-hairline': '#2f3739',
    '--kanal-hover': '#23292b',
    '--kanal-selected': '#173338',
    '--kanal-text': '#d9dedf',
    '--kanal-caption': '#a3adb0',
    '--kanal-accent': '#3db8c2',
    '--kanal-accent-text': '#70c6cd',
    '--kanal-accent-soft': '#16302f',
    '--kanal-amber': '#ebbf63',
    '--kanal-amber-soft': '#332a17',
    '--kanal-red': '#ec968c',
    '--kanal-red-soft': '#3a2220',
    '--kanal-green': '#83c396',
    '--kanal-green-soft': '#1b2f22',
    '--kanal-line-drawing': '#6c777a',
    '--kanal-family-trigger': '#a987dc',
    '--kanal-family-message': '#6aa6e2',
    '--kanal-family-time': '#e0a63a',
    '--kanal-family-logic': '#3db8c2',
    '--kanal-family-contact': '#e585a6',
    '--kanal-family-people': '#6fbf88',
    '--kanal-family-end': '#93a3af',
    ...strips(STRIPS_DARK),
  },
});

/** The colour strip of a workspace: always the same one for the same file, so that nobody writes to the wrong client. */
export function workspaceColour(file: string): string {
  let hash = 0;
  for (const character of file) hash = (hash * 31 + character.codePointAt(0)!) % 1_000_003;
  return `var(--kanal-workspace-${hash % STRIPS_LIGHT.length})`;
}
