// Text that people carry elsewhere: a digest in a line, or a command in a block.

import { CheckOutlined, CopyOutlined } from "@ant-design/icons";
import { App, Button, Tooltip } from "antd";
import { useEffect, useState } from "react";

import { useT } from "../i18n";
import { copyText } from "./copy";

function CopyButton({ text }: { text: string }) {
  const t = useT();
  const { message } = App.useApp();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async () => {
    if (await copyText(text)) setCopied(true);
    else void message.warning(t.common.copyFailed);
  };
  return (
    <Tooltip title={copied ? t.common.copied : t.common.copy}>
      <Button
        type="text"
        size="small"
        className="copy-button"
        aria-label={copied ? t.common.copied : t.common.copy}
        icon={copied ? <CheckOutlined /> : <CopyOutlined />}
        onClick={copy}
      />
    </Tooltip>
  );
}

/** Shows `shown`, or the text itself, and copies the whole text. */
export function CopyInline({ text, shown }: { text: string; shown?: string }) {
  return (
    <span className="copy-inline">
      <code title={shown ? text : undefined}>{shown ?? text}</code>
      <CopyButton text={text} />
    </span>
  );
}

export function CopyBlock({ text, label }: { text: string; label: string }) {
  return (
    <div className="copy-block">
      <pre tabIndex={0} aria-label={label}>
        {text}
      </pre>
      <CopyButton text={text} />
    </div>
  );
}
