// Goes anywhere by a few letters: pages, packages, hosts, deployments.

import { CloudServerOutlined, HistoryOutlined, InboxOutlined, SearchOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Input, Modal } from "antd";
import { useDeferredValue, useEffect, useId, useRef, useState, type KeyboardEvent, type ReactNode } from "react";

import { hostSearchQuery, listQuery, packageChoicesQuery } from "../api/queries";
import type { DeploymentSummary } from "../api/types";
import { useT } from "../i18n";
import { PLACES } from "./places";

interface Entry {
  key: string;
  group: string;
  icon: ReactNode;
  label: string;
  note?: string | undefined;
  open: () => void;
}

const MOST = 6;

const contains = (text: string, letters: string) => text.toLowerCase().includes(letters.toLowerCase());

function useEntries(letters: string): Entry[] {
  const t = useT();
  const navigate = useNavigate();
  const packages = useQuery(packageChoicesQuery(letters)).data?.items ?? [];
  const hosts = useQuery(hostSearchQuery(letters)).data?.items ?? [];
  const deployments = useQuery(listQuery<DeploymentSummary>("deployments", "/deployments", { limit: 50 })).data?.items ?? [];

  const pages = PLACES.filter(({ name, path }) => contains(name(t), letters) || contains(path, letters)).map((place) => ({
    key: place.path,
    group: t.palette.pages,
    icon: place.icon,
    label: place.name(t),
    open: () => void navigate({ to: place.path }),
  }));
  if (letters === "") return pages;
  return [
    ...pages,
    ...packages.slice(0, MOST).map(({ name, latest }) => ({
      key: `package ${name}`,
      group: t.palette.packages,
      icon: <InboxOutlined />,
      label: name,
      note: latest ?? undefined,
      open: () => void navigate({ to: "/packages/$name", params: { name } }),
    })),
    ...hosts.slice(0, MOST).map(({ name, facts }) => ({
      key: `host ${name}`,
      group: t.palette.hosts,
      icon: <CloudServerOutlined />,
      label: name,
      note: facts.address,
      open: () => void navigate({ to: "/hosts/$name", params: { name } }),
    })),
    ...deployments
      .filter(({ id, package: name, version }) => contains(`${name}@${version ?? ""} ${id}`, letters))
      .slice(0, MOST)
      .map(({ id, action, package: name, version, state }) => ({
        key: `deployment ${id}`,
        group: t.palette.deployments,
        icon: <HistoryOutlined />,
        label: `${t.actions[action]} ${version ? `${name}@${version}` : name}`,
        note: t.deployments.states[state],
        open: () => void navigate({ to: "/deployments/$id", params: { id } }),
      })),
  ];
}

export function Palette({ onClose }: { onClose: () => void }) {
  const t = useT();
  const list = useId();
  const [letters, setLetters] = useState("");
  const [at, setAt] = useState(0);
  const entries = useEntries(useDeferredValue(letters.trim()));
  const chosen = Math.min(at, entries.length - 1);
  const active = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // Browsers begin to answer with a promise here, which is no clean-up.
    active.current?.scrollIntoView({ block: "nearest" });
  }, [chosen]);

  const open = (entry: Entry | undefined) => {
    if (!entry) return;
    onClose();
    entry.open();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // Enter that ends the composition of a Chinese word opens nothing.
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Enter") open(entries[chosen]);
    else if (event.key === "ArrowDown") setAt(Math.min(chosen + 1, entries.length - 1));
    else if (event.key === "ArrowUp") setAt(Math.max(chosen - 1, 0));
    else return;
    event.preventDefault();
  };
  return (
    <Modal open onCancel={onClose} footer={null} closable={false} title={null} width={560} className="palette" aria-label={t.palette.title} style={{ top: "14vh" }}>
      <Input
        autoFocus
        size="large"
        variant="borderless"
        prefix={<SearchOutlined />}
        placeholder={t.palette.placeholder}
        value={letters}
        role="combobox"
        aria-expanded
        aria-controls={list}
        aria-activedescendant={entries[chosen] && `${list}-${chosen}`}
        aria-label={t.palette.placeholder}
        onChange={(event) => {
          setLetters(event.target.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
      />
      <div id={list} role="listbox" aria-label={t.palette.title} className="palette-list">
        {entries.map((entry, index) => (
          <div key={entry.key}>
            {entries[index - 1]?.group !== entry.group && <p className="palette-group">{entry.group}</p>}
            <div
              id={`${list}-${index}`}
              ref={index === chosen ? active : undefined}
              role="option"
              aria-selected={index === chosen}
              className="palette-entry"
              onMouseMove={() => setAt(index)}
              onClick={() => open(entry)}
            >
              {entry.icon}
              <span className="palette-label">{entry.label}</span>
              {entry.note && <span className="palette-note">{entry.note}</span>}
            </div>
          </div>
        ))}
        {entries.length === 0 && <p className="palette-nothing">{t.palette.nothing}</p>}
      </div>
      <p className="palette-keys">{t.palette.keys}</p>
    </Modal>
  );
}
