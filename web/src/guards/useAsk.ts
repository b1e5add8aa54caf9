// A question before something is deleted.

import { App } from "antd";

import { useT } from "../i18n";

export function useAsk() {
  const t = useT();
  const { modal } = App.useApp();
  return (title: string, text: string, onYes: () => Promise<unknown>) =>
    void modal.confirm({
      title,
      content: text,
      okText: t.common.remove,
      okButtonProps: { danger: true },
      cancelText: t.common.cancel,
      // A refusal closes the question; the page says why.
      onOk: () => onYes().catch(() => undefined),
    });
}
