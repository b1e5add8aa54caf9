// Every table of the console: rows by the server, page by page, with its place in the address; a skeleton while it loads,
// words when there is nothing, and the problem with a way to try again when it fails.

import { SettingOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Button, Dropdown, Skeleton, Table, type TableColumnType } from "antd";
import { useMemo, useState, type ReactNode } from "react";

import type { Query } from "../api/client";
import { listQuery } from "../api/queries";
import type { Page } from "../api/types";
import { useT } from "../i18n";
import { paging } from "../search";
import { recall, remember } from "../shell/memory";
import { Blank } from "../ui/Blank";
import { ProblemView } from "../ui/ProblemView";
import { Pager } from "./Pager";

export interface Column<T> {
  key: string;
  title: string;
  render: (row: T) => ReactNode;
  /** What the server calls the orders in which it sorts by this column. */
  sort?: Partial<Record<"ascend" | "descend", string>>;
  /** Numbers stand right, so that their digits are under each other. */
  align?: "right";
  width?: number | string;
  /** A person may hide it. */
  optional?: boolean;
  ellipsis?: boolean;
}

/** Which rows are chosen. The page keeps it, so that it lives on when the list goes to another page. */
export interface Selection<T> {
  isChosen: (row: T) => boolean;
  /** These are chosen, or not any more. */
  onChoose: (rows: T[], on: boolean) => void;
  disabled?: (row: T) => boolean;
}

interface Props<T> {
  /** First part of the query key: what changes it. */
  noun: string;
  path: string;
  /** Under what the choice of columns is remembered, where other lists share the noun. */
  name?: string;
  /** The server's total counts what it looked through, not what it found. */
  isSearched?: boolean;
  /** What the page is about: always there. */
  scope?: Query;
  /** What a person chose, and may clear. */
  filters?: Query;
  rowKey: (row: T) => string;
  columns: Column<T>[];
  /** What to say when there is nothing at all. */
  empty: ReactNode;
  /** Search inputs and filters, left above the table; may go by the page that is shown. */
  toolbar?: ReactNode | ((page: Page<T> | undefined) => ReactNode);
  selection?: Selection<T>;
  onClear?: () => void;
}

const SKELETON_ROWS = 8;
const LIMIT = 50;

function useHidden(table: string) {
  const key = `columns.${table}`;
  const [hidden, set] = useState<string[]>(() => recallList(key));
  const setHidden = (next: string[]) => {
    remember(key, next.join(","));
    set(next);
  };
  return [hidden, setHidden] as const;
}

function recallList(key: string): string[] {
  const text = recall(key);
  return text ? text.split(",") : [];
}

export function QueryTable<T extends object>(props: Props<T>) {
  const { noun, path, name = noun, isSearched = false, scope = {}, filters = {}, rowKey, columns, empty, toolbar, selection, onClear } = props;
  const t = useT();
  const navigate = useNavigate();
  const { cursor, limit, sort } = paging(useSearch({ strict: false }));
  const size = Number(limit ?? LIMIT);
  const query = useQuery(listQuery<T>(noun, path, { ...scope, ...filters, cursor, sort, limit: size }));
  const [hidden, setHidden] = useHidden(name);
  const filtered = Object.values(filters).some((value) => value !== undefined && value !== null && value !== "");

  const loading = query.isPending;
  const shown = useMemo(() => columns.filter((column) => !hidden.includes(column.key)), [columns, hidden]);
  const antColumns = shown.map<TableColumnType<T>>((column) => ({
    key: column.key,
    title: column.title,
    align: column.align ?? "left",
    ...(column.width === undefined ? {} : { width: column.width }),
    ...(column.ellipsis ? { ellipsis: true } : {}),
    ...(column.sort ? sorting(column.sort, sort) : {}),
    render: (_: unknown, row: T) => (loading ? <Skeleton active title paragraph={false} className="cell-skeleton" /> : column.render(row)),
  }));

  if (query.isError && !query.data) return <ProblemView error={query.error} onRetry={() => void query.refetch()} />;

  const skeleton = Array.from({ length: SKELETON_ROWS }, (_, index) => ({ skeleton: index }) as unknown as T);
  const optional = columns.filter((column) => column.optional);
  return (
    <div className="query-table">
      {toolbar && <div className="toolbar">{typeof toolbar === "function" ? toolbar(query.data) : toolbar}</div>}
      {query.isError && <ProblemView error={query.error} onRetry={() => void query.refetch()} />}
      <Table<T>
        size="middle"
        rowKey={(row) => (loading ? String((row as { skeleton: number }).skeleton) : rowKey(row))}
        columns={antColumns}
        dataSource={loading ? skeleton : (query.data?.items ?? [])}
        pagination={false}
        showSorterTooltip={false}
        scroll={{ x: "max-content" }}
        {...(selection && !loading
          ? {
              rowSelection: {
                selectedRowKeys: query.data?.items.filter(selection.isChosen).map(rowKey) ?? [],
                onSelect: (row: T, on: boolean) => selection.onChoose([row], on),
                onSelectAll: (on: boolean, _: T[], changed: T[]) => selection.onChoose(changed, on),
                onSelectMultiple: (on: boolean, _: T[], changed: T[]) => selection.onChoose(changed, on),
                getCheckboxProps: (row: T) => ({ disabled: selection.disabled?.(row) ?? false, "aria-label": rowKey(row) }),
              },
            }
          : {})}
        locale={{
          emptyText: filtered ? (
            <Blank title={t.common.nothingFound} action={onClear && <Button onClick={onClear}>{t.common.clearFilters}</Button>} />
          ) : (
            empty
          ),
        }}
        onChange={(_pagination, _filters, sorter) => {
          const by = Array.isArray(sorter) ? sorter[0] : sorter;
          const column = columns.find(({ key }) => key === by?.columnKey);
          const next = by?.order ? column?.sort?.[by.order] : undefined;
          if (next !== sort) void navigate({ to: ".", search: (before) => ({ ...before, sort: next, cursor: undefined }) });
        }}
      />
      <footer className="table-foot">
        {query.data && <Pager page={query.data} size={size} cursor={cursor} isSearched={isSearched && filtered} />}
        {optional.length > 0 && query.data && query.data.items.length > 0 && (
          <ColumnChoice columns={optional} hidden={hidden} onChange={setHidden} />
        )}
      </footer>
    </div>
  );
}

function sorting(orders: NonNullable<Column<unknown>["sort"]>, sort: string | undefined) {
  const sortDirections = (["ascend", "descend"] as const).filter((order) => orders[order] !== undefined);
  const sortOrder = sortDirections.find((order) => orders[order] === sort) ?? null;
  return { sorter: true, sortDirections, sortOrder };
}

function ColumnChoice<T>({ columns, hidden, onChange }: { columns: Column<T>[]; hidden: string[]; onChange: (hidden: string[]) => void }) {
  const t = useT();
  return (
    <Dropdown
      trigger={["click"]}
      menu={{
        multiple: true,
        selectable: true,
        selectedKeys: columns.map(({ key }) => key).filter((key) => !hidden.includes(key)),
        items: columns.map(({ key, title }) => ({ key, label: title })),
        onSelect: ({ key }) => onChange(hidden.filter((one) => one !== key)),
        onDeselect: ({ key }) => onChange([...hidden, key]),
      }}
    >
      <Button type="text" size="small" aria-label={t.common.columns} title={t.common.columns} icon={<SettingOutlined />} />
    </Dropdown>
  );
}
