// Strategies with names, each for an environment or for any.

import { Tag } from "antd";

import type { NamedStrategy } from "../api/types";
import { StrategyWords } from "../deploy/StrategyWords";
import { useT } from "../i18n";
import { EditableList } from "../table/EditableList";
import { useStrategyRemoval } from "./queries";
import { StrategyDialog } from "./StrategyDialog";

export function Strategies() {
  const t = useT();
  return (
    <EditableList<NamedStrategy>
      noun="strategies"
      path="/strategies"
      words={{ add: t.guards.addStrategy, remove: t.guards.strategyRemoveText, empty: t.guards.noStrategies, emptyHint: t.guards.noStrategiesHint }}
      rowKey={(row) => row.name}
      nameOf={(row) => row.name}
      columns={[
        {
          key: "name",
          title: t.guards.strategy,
          render: (row) => (
            <div className="two-lines">
              <span>
                <strong>{row.name}</strong> {row.is_default && <Tag>{t.guards.isDefault}</Tag>}
              </span>
              <span className="faint clip">{row.description}</span>
            </div>
          ),
        },
        {
          key: "environment",
          title: t.topology.environment,
          render: (row) => (row.environment ? t.topology.environments[row.environment] : <span className="faint">{t.guards.anyEnvironment}</span>),
        },
        { key: "strategy", title: t.deploy.how, render: (row) => <StrategyWords strategy={row.strategy} /> },
        { key: "by", title: t.values.changedBy, optional: true, render: (row) => row.updated_by },
      ]}
      removal={useStrategyRemoval()}
      dialog={(named, onClose) => <StrategyDialog named={named} onClose={onClose} />}
    />
  );
}
