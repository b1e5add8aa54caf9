// A unit's state as a shape, so that it is told apart without its colour.

import {
  CheckOutlined,
  ClockCircleOutlined,
  CloseOutlined,
  LoadingOutlined,
  MinusOutlined,
  QuestionOutlined,
  UndoOutlined,
} from "@ant-design/icons";

import type { UnitState } from "../api/types";

export function UnitIcon({ state }: { state: UnitState }) {
  switch (state) {
    case "succeeded":
      return <CheckOutlined aria-hidden />;
    case "failed":
      return <CloseOutlined aria-hidden />;
    case "unknown":
      return <QuestionOutlined aria-hidden />;
    case "restoring":
      return <UndoOutlined aria-hidden />;
    case "preparing":
    case "switching":
    case "retiring":
      return <LoadingOutlined aria-hidden />;
    case "baking":
    case "prepared":
      return <ClockCircleOutlined aria-hidden />;
    case "pending":
    case "cancelled":
    case "skipped":
      return <MinusOutlined aria-hidden />;
  }
}
