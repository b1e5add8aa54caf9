// A question before something is taken away.

import { App } from "antd";

import { useT } from "../i18n";

interface Question {
  title: string;
  text: string;
  /** What it is called to do it; to delete, if not said. */
  ok?: string;
}

export function useAsk() {
  const t = useT();
  const { modal } = App.useApp();
  return ({ title, text, ok = t.common.remove }: Question, onYes: () => Promise<unknown>) =>
    void modal.confirm({
      title,
      content: text,
      okText: ok,
      okButtonProps: { danger: true },
      cancelText: t.common.cancel,
      // A refusal closes the question; the page says why.
      onOk: () => onYes().catch(() => undefined),
    });
}
