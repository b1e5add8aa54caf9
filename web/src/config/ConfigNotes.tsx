// What is found in a configuration file: whether its syntax holds, its variables, and what only looks like one.

import type { UseQueryResult } from "@tanstack/react-query";
import { Button, Tag } from "antd";

import type { ConfigCheck, ConfigLanguage, FoundVariable } from "../api/types";
import { foundInConfig } from "../checks/found";
import type { Place } from "../editor/marks";
import { useT } from "../i18n";
import { FoundList } from "../ui/FoundList";
import { ProblemView } from "../ui/ProblemView";

/** The names by which people know the languages. */
const LANGUAGE_NAMES: Record<ConfigLanguage, string> = {
  json: "JSON",
  yaml: "YAML",
  toml: "TOML",
  xml: "XML",
  ini: "INI",
  properties: "properties",
};

interface Props {
  check: UseQueryResult<ConfigCheck>;
  onPlace: (place: Place) => void;
}

export function ConfigNotes({ check, onPlace }: Props) {
  const t = useT();
  if (check.isError) return <ProblemView error={check.error} onRetry={() => void check.refetch()} />;
  if (!check.data) return <p className="faint">{t.editor.checking}</p>;
  const { language, findings, variables, doubts, is_truncated: isTruncated } = check.data;
  return (
    <>
      <h2>{t.config.syntax}</h2>
      {!language && <p className="faint">{t.config.noSyntax}</p>}
      {language && findings.length === 0 && <p className="faint">{t.config.readAs(LANGUAGE_NAMES[language])}</p>}
      <FoundList found={findings.map(foundInConfig)} onPlace={onPlace} />
      <h2>{t.config.variables}</h2>
      {variables.length === 0 ? <p className="faint">{t.config.noVariables}</p> : <Variables found={variables} onPlace={onPlace} />}
      {doubts.length > 0 && (
        <>
          <h2>{t.config.doubts}</h2>
          <Variables found={doubts} onPlace={onPlace} />
        </>
      )}
      {isTruncated && <p className="faint">{t.editor.more}</p>}
    </>
  );
}

function Variables({ found, onPlace }: { found: readonly FoundVariable[]; onPlace: Props["onPlace"] }) {
  const t = useT();
  return (
    <ul className="variables">
      {found.map(({ line, column, prefix, kind, name, doubt }) => (
        <li key={`${line}:${column}`}>
          <Button type="link" size="small" aria-label={`${name}, ${t.editor.toLine(line)}`} onClick={() => onPlace({ line, column })}>
            {line}
          </Button>
          <span>
            <code>{`[${prefix}${name}]`}</code> {!doubt && kind !== "plain" && <Tag variant="outlined">{t.config.kinds[kind]}</Tag>}
            {doubt && <span className="faint">{t.config.reasons[doubt.kind]}</span>}
          </span>
        </li>
      ))}
    </ul>
  );
}
