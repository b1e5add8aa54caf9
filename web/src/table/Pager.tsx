// Leafs through a list by cursors. The way back is kept in the browser's history, so it survives a reload.

import { DoubleLeftOutlined, LeftOutlined, RightOutlined } from "@ant-design/icons";
import { useNavigate, useRouterState } from "@tanstack/react-router";
import { Button, Select } from "antd";

import type { Page } from "../api/types";
import { useT } from "../i18n";

const SMALLEST = 50;
const SIZES = [SMALLEST, 100, 200];

interface Props {
  page: Page<unknown>;
  size: number;
  cursor: string | undefined;
  /** The total is of what was looked through, and says nothing about how much was found. */
  isSearched: boolean;
}

export function Pager({ page, size, cursor, isSearched }: Props) {
  const t = useT();
  const navigate = useNavigate();
  const trail = useRouterState({ select: (state) => state.location.state.trail }) ?? [];
  const known = cursor === undefined || trail.length > 0;
  const from = trail.length * size + 1;
  const total = page.counted === "at_least" ? t.common.atLeast(page.total) : t.common.count(page.total);
  if (isSearched && !page.next && cursor === undefined) return <p className="pager-total">{t.common.searched(total)}</p>;
  if (page.total <= SMALLEST && cursor === undefined) return <p className="pager-total">{page.total > 0 && t.common.total(total)}</p>;

  const go = (to: string | undefined, way: string[]) =>
    void navigate({ to: ".", search: (before) => ({ ...before, cursor: to || undefined }), state: { trail: way }, resetScroll: true });
  const next = page.next ?? undefined;
  return (
    <nav className="pager" aria-label={t.common.rowsPerPage}>
      <span className="pager-total">
        {isSearched ? t.common.searched(total) : known && page.items.length > 0 ? t.common.range(from, from + page.items.length - 1, total) : t.common.total(total)}
      </span>
      <Select
        size="small"
        value={size}
        aria-label={t.common.rowsPerPage}
        options={SIZES.map((value) => ({ value, label: t.common.rows(value) }))}
        onChange={(value) => void navigate({ to: ".", search: (before) => ({ ...before, limit: String(value), cursor: undefined }) })}
      />
      <Button size="small" icon={<DoubleLeftOutlined />} aria-label={t.common.firstPage} disabled={cursor === undefined} onClick={() => go(undefined, [])} />
      <Button
        size="small"
        icon={<LeftOutlined />}
        aria-label={t.common.previousPage}
        disabled={trail.length === 0}
        onClick={() => go(trail.at(-1), trail.slice(0, -1))}
      />
      <Button
        size="small"
        icon={<RightOutlined />}
        aria-label={t.common.nextPage}
        disabled={!next}
        onClick={() => go(next, [...trail, cursor ?? ""])}
      />
    </nav>
  );
}
