// A filter of several words that a person types; a word that does not fit its form is not taken, and said so.

import { Select } from "antd";
import { useState } from "react";

interface Props {
  value: string[] | undefined;
  label: string;
  /** What is wrong with a word; nothing if it is as it should be. */
  wrong?: (word: string) => string | undefined;
  onChange: (value: string[] | undefined) => void;
}

export function WordSelect({ value, label, wrong, onChange }: Props) {
  const [problem, setProblem] = useState<string>();
  return (
    <Select
      allowClear
      mode="tags"
      className="word-select"
      value={value ?? []}
      placeholder={label}
      aria-label={label}
      suffixIcon={null}
      tokenSeparators={[","]}
      options={[]}
      {...(problem ? { status: "error" as const, title: problem } : {})}
      notFoundContent={problem ?? null}
      onSearch={() => setProblem(undefined)}
      onChange={(next: string[]) => {
        const words = next.map((word) => word.trim()).filter(Boolean);
        const said = words.map((word) => wrong?.(word)).find((one) => one !== undefined);
        setProblem(said);
        const fitting = words.filter((word) => wrong?.(word) === undefined);
        onChange(fitting.length > 0 ? fitting : undefined);
      }}
    />
  );
}
