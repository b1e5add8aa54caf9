// What takes a moment: after 200 ms with words, before with nothing, so that quick answers do not flicker.

import { Spin } from "antd";

import { useT } from "../i18n";

export function Waiting() {
  const t = useT();
  return (
    <div className="waiting" role="status">
      <Spin size="small" delay={200} />
      <span>{t.common.loading}</span>
    </div>
  );
}
