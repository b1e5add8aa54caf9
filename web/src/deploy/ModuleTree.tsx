// The topology as a tree with counts, in which modules are checked or one is chosen.

import { Tag, Tree } from "antd";
import type { ReactNode } from "react";

import type { Environment, Topology } from "../api/types";
import { useT } from "../i18n";
import { isModule, modulePaths } from "./topologyPaths";

interface Props {
  topology: Topology;
  /** Modules are checked, for a deployment. */
  checked?: { modules: string[]; onChange: (modules: string[]) => void };
  /** One module is chosen, to look at. */
  chosen?: { module: string | undefined; onChange: (module: string) => void };
}

/** A line of the tree: a business, a system or a module. */
interface Item {
  key: string;
  name: string;
  hosts: number;
  tag?: ReactNode;
  isLeaf?: boolean;
  selectable?: boolean;
  disableCheckbox?: boolean;
  children?: Item[];
}

const environmentColour: Record<Environment, string | undefined> = { prod: "red", staging: undefined, test: undefined, dev: undefined };

export function EnvironmentTag({ environment }: { environment: Environment }) {
  const t = useT();
  const colour = environmentColour[environment];
  return <Tag {...(colour ? { color: colour } : {})}>{t.topology.environments[environment]}</Tag>;
}

function Line({ name, hosts, tag }: { name: string; hosts: number; tag?: ReactNode }) {
  const t = useT();
  return (
    <span className="tree-line">
      <span className="tree-name" title={name}>
        {name}
      </span>
      {tag}
      <span className="num faint" title={t.common.hosts(hosts)}>
        {hosts}
      </span>
    </span>
  );
}

export function ModuleTree({ topology, checked, chosen }: Props) {
  const sum = (counts: number[]) => counts.reduce((all, one) => all + one, 0);
  const data: Item[] = topology.businesses.map((business) => {
    const systems = business.systems.map((system) => ({
      key: `${business.name}/${system.name}`,
      selectable: false,
      hosts: sum(system.modules.map(({ hosts }) => hosts)),
      tag: <EnvironmentTag environment={system.environment} />,
      name: system.name,
      disableCheckbox: system.modules.length === 0,
      children: system.modules.map(({ name, path, hosts }) => ({ key: path, name, hosts, isLeaf: true })),
    }));
    return {
      key: business.name,
      selectable: false,
      name: business.name,
      hosts: sum(systems.map(({ hosts }) => hosts)),
      disableCheckbox: business.systems.every(({ modules }) => modules.length === 0),
      children: systems,
    };
  });
  const all = modulePaths(topology);
  return (
    <Tree<Item>
      blockNode
      defaultExpandAll={all.length <= 100}
      defaultExpandedKeys={checked?.modules ?? (chosen?.module ? [chosen.module] : [])}
      autoExpandParent
      treeData={data}
      titleRender={({ name, hosts, tag }) => <Line name={name} hosts={hosts} tag={tag} />}
      checkable={checked !== undefined}
      checkedKeys={checked?.modules ?? []}
      selectable
      selectedKeys={chosen?.module ? [chosen.module] : []}
      onCheck={(keys) => {
        const list = Array.isArray(keys) ? keys : keys.checked;
        checked?.onChange(list.map(String).filter(isModule));
      }}
      onSelect={(_, { node }) => {
        const key = String(node.key);
        if (!isModule(key)) return;
        chosen?.onChange(key);
        // In a tree with check boxes a click on the name checks too.
        const modules = checked?.modules ?? [];
        checked?.onChange(modules.includes(key) ? modules.filter((one) => one !== key) : [...modules, key]);
      }}
    />
  );
}
