// The one theme of the console, light and dark: neutral greys, one accent, small radii, the density of a tool for operations.

import { theme, type ThemeConfig } from "antd";

export type Appearance = "light" | "dark";

/** Whether things glide into their place, or stand there at once. */
export type Motion = "gliding" | "still";

const FONT =
  '"Inter Variable", system-ui, -apple-system, "Segoe UI", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif';
const MONO = 'ui-monospace, "SF Mono", "Cascadia Mono", "JetBrains Mono", "DejaVu Sans Mono", Menlo, Consolas, monospace';

/** A trace of the accent, on light and dark alike. */
const SELECTED = "rgba(100, 112, 226, 0.07)";

const COLOURS: Record<Appearance, ThemeConfig["token"]> = {
  light: {
    colorPrimary: "#4a56d6",
    colorInfo: "#4a56d6",
    colorSuccess: "#147a4c",
    colorWarning: "#946009",
    colorError: "#c93535",
    colorLink: "#4a56d6",
    colorSuccessBg: "#eaf7f0",
    colorSuccessBorder: "#b3e0ca",
    colorWarningBg: "#fdf6e7",
    colorWarningBorder: "#efd9a7",
    colorErrorBg: "#fdf0ef",
    colorErrorBorder: "#f3c1be",
    colorBgMask: "rgba(16, 18, 24, 0.3)",
    colorTextBase: "#16181d",
    colorBgBase: "#ffffff",
    colorBgLayout: "#f7f7f8",
    colorBorder: "#dcdde2",
    colorBorderSecondary: "#ebebef",
    colorTextSecondary: "#565a66",
    colorTextTertiary: "#646876",
    colorTextQuaternary: "#a9acb8",
    colorTextPlaceholder: "#6a6e7b",
  },
  dark: {
    colorPrimary: "#7c87f2",
    colorInfo: "#7c87f2",
    colorSuccess: "#3ebd84",
    colorWarning: "#dba13c",
    colorError: "#f87878",
    colorLink: "#9aa3f7",
    colorTextBase: "#eceef2",
    colorBgBase: "#101114",
    colorBgLayout: "#0b0c0e",
    colorBgContainer: "#131418",
    colorBgElevated: "#1b1c21",
    colorBorder: "#32343c",
    colorBorderSecondary: "#24262c",
    colorText: "#e6e8ec",
    colorTextSecondary: "#a6a9b4",
    colorTextTertiary: "#8a8d99",
    colorTextQuaternary: "#5b5e69",
    colorTextPlaceholder: "#8a8d99",
    colorTextLightSolid: "#0d0e11",
  },
};

export function themeOf(appearance: Appearance, motion: Motion): ThemeConfig {
  return {
    algorithm: appearance === "dark" ? theme.darkAlgorithm : theme.defaultAlgorithm,
    token: {
      fontFamily: FONT,
      fontFamilyCode: MONO,
      fontSize: 13,
      fontSizeHeading3: 20,
      fontSizeHeading4: 16,
      fontSizeHeading5: 14,
      borderRadius: 6,
      controlHeight: 32,
      motion: motion === "gliding",
      motionUnit: 0.06,
      wireframe: false,
      ...COLOURS[appearance],
    },
    components: {
      Alert: { withDescriptionPadding: "12px 16px", withDescriptionIconSize: 16, defaultPadding: "8px 12px" },
      Button: { primaryShadow: "none", defaultShadow: "none", dangerShadow: "none", fontWeight: 500 },
      Card: { headerFontSize: 13, headerHeight: 44, bodyPadding: 16 },
      Drawer: { paddingLG: 20 },
      Form: { itemMarginBottom: 24, verticalLabelPadding: "0 0 4px" },
      Menu: { itemHeight: 32, itemBorderRadius: 6, itemMarginBlock: 2, iconSize: 15, collapsedIconSize: 15, activeBarBorderWidth: 0 },
      Table: {
        cellPaddingBlockMD: 8,
        cellPaddingInlineMD: 14,
        cellPaddingBlockSM: 7,
        cellPaddingInlineSM: 12,
        headerBg: "transparent",
        headerSplitColor: "transparent",
        headerSortActiveBg: "transparent",
        bodySortBg: "transparent",
        rowSelectedBg: SELECTED,
        rowSelectedHoverBg: SELECTED,
      },
      // Over a drawer's lighter ground the primary colour would be too dark to read.
      Tabs: { horizontalItemPadding: "10px 0", horizontalMargin: "0 0 16px", itemSelectedColor: COLOURS[appearance]?.colorLink ?? "" },
    },
  };
}
