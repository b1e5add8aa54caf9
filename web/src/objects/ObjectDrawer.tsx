// One object of a ControlTier project: what was said of it, what it stands for, and what it is related to, which can be walked.

import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button, Drawer, Skeleton, Tag } from "antd";

import { get, seg } from "../api/client";
import { partsQuery } from "../api/parts";
import type { ObjectKey, ObjectSummary, Page } from "../api/types";
import { useT } from "../i18n";
import { HostLink, VersionLink } from "../table/links";
import { Blank } from "../ui/Blank";
import { Facts, type Fact } from "../ui/Facts";
import { ProblemView } from "../ui/ProblemView";
import { exactly, keyText } from "./keys";

export function ObjectDrawer({ object, onClose }: { object: ObjectKey; onClose: () => void }) {
  const t = useT();
  const query = useQuery({
    queryKey: ["objects", "one", object],
    queryFn: ({ signal }) =>
      get<Page<ObjectSummary>>("/objects", { type: exactly(object.type), name: exactly(object.name), limit: 1 }, signal),
  });
  const found = query.data?.items[0];
  return (
    <Drawer open size="min(680px, 96vw)" title={`(${object.type}) ${object.name}`} onClose={onClose}>
      {query.isPending && <Skeleton active paragraph={{ rows: 8 }} />}
      {query.isError && <ProblemView error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && !found && <Blank title={t.objects.gone} />}
      {found && <Contents object={found} />}
    </Drawer>
  );
}

/** Which way relations are followed: to what the object refers to, or to what refers to it. */
type Side = "children" | "parents";

const SIDES: Side[] = ["children", "parents"];

function Relations({ id, side }: { id: string; side: Side }) {
  const t = useT();
  const query = useInfiniteQuery(
    partsQuery(["objects", "relations", id, side], (cursor, signal) =>
      get<Page<ObjectSummary>>(`/objects/${seg(id)}/relations`, { side, cursor, limit: 100 }, signal),
    ),
  );
  if (query.isPending) return <Skeleton active paragraph={{ rows: 1 }} />;
  if (query.isError) return <ProblemView error={query.error} onRetry={() => void query.refetch()} />;
  const related = query.data.pages.flatMap(({ items }) => items);
  if (related.length === 0) return <p className="faint">{t.common.none}</p>;
  return (
    <ul className="object-tree">
      {related.map((one) => (
        <li key={one.id}>
          <Link className="entity" to="." search={(before) => ({ ...before, object: keyText(one) })}>
            <code>({one.type})</code> {one.name}
          </Link>
        </li>
      ))}
      {query.hasNextPage && (
        <Button type="text" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {t.compare.more(related.length, query.data.pages[0]?.total ?? 0)}
        </Button>
      )}
    </ul>
  );
}

function Contents({ object }: { object: ObjectSummary }) {
  const t = useT();
  const standsFor: Fact[] = [
    [t.objects.element, t.objects.elements[object.element]],
    ...(object.package && object.version
      ? [
          [
            t.objects.version,
            <>
              <VersionLink full name={object.package} version={object.version} />{" "}
              {!object.has_content && <Tag color="warning">{t.objects.noContent}</Tag>}
            </>,
          ] satisfies Fact,
        ]
      : []),
    ...(object.host ? [[t.objects.host, <HostLink key="h" name={object.name} />] satisfies Fact] : []),
  ];
  const attributes = Object.entries(object.attributes).filter(([, value]) => value !== "");
  return (
    <div className="sections">
      <Facts facts={standsFor} />
      <section>
        <h3>{t.objects.attributes}</h3>
        {attributes.length === 0 && <p className="faint">{t.common.none}</p>}
        <Facts facts={attributes.map(([name, value]) => [<code key="n">{name}</code>, value])} />
      </section>
      {SIDES.map((side) => (
        <section key={side}>
          <h3>{t.objects.sides[side]}</h3>
          <Relations id={object.id} side={side} />
        </section>
      ))}
    </div>
  );
}
