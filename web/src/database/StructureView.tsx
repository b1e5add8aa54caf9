// The structure of a database package: what there is, from where to where it leads, and what is missing.

import { Button } from "antd";

import { useT } from "../i18n";
import { counterpart, type Increment, type Structure } from "./structure";

interface Props {
  structure: Structure;
  /** The number of the version that is being made. */
  version: string | undefined;
  chosen: string | undefined;
  onChoose: (path: string) => void;
  /** Adds a file that is missing; without it nothing can be added. */
  onAdd?: ((path: string) => void) | undefined;
}

export function StructureView({ structure, version, chosen, onChoose, onAdd }: Props) {
  const t = useT();
  const { fullLoad, increments, aside } = structure;
  const item = (path: string, note?: string) => (
    <button key={path} type="button" className="file-choice-item" aria-current={path === chosen ? "true" : undefined} onClick={() => onChoose(path)}>
      <span className="clip">
        {note && <span className="faint">{note} </span>}
        {path}
      </span>
    </button>
  );
  return (
    <>
      <section className="file-choice">
        <h2>{t.database.fullLoad}</h2>
        {fullLoad ? item(fullLoad) : <p className="faint file-choice-note">{t.database.noFullLoad}</p>}
      </section>
      {increments.map((step) => (
        <section key={[...step.upgrade, ...step.rollback].join(" ")} className="file-choice">
          <h2>{t.database.increment(step.from ?? (step.to ? t.database.emptyDatabase : "?"), step.to ?? version ?? t.database.thisVersion)}</h2>
          {step.upgrade.map((path) => item(path, t.database.upgrade))}
          {step.upgrade.length === 0 && <Missing words={t.database.upgradeMissing} step={step} onAdd={onAdd} />}
          {step.rollback.map((path) => item(path, t.database.rollback))}
          {step.rollback.length === 0 && <Missing words={t.database.rollbackMissing} step={step} onAdd={onAdd} />}
        </section>
      ))}
      {aside.length > 0 && (
        <section className="file-choice">
          <h2>{t.database.aside}</h2>
          {aside.map((path) => item(path))}
        </section>
      )}
    </>
  );
}

function Missing({ words, step, onAdd }: { words: string; step: Increment; onAdd: Props["onAdd"] }) {
  const t = useT();
  const [there] = step.upgrade.length > 0 ? step.upgrade : step.rollback;
  const missing = there && counterpart(there);
  return (
    <p className="file-choice-note structure-missing">
      {words}{" "}
      {onAdd && missing && missing !== there && (
        <Button type="link" size="small" onClick={() => onAdd(missing)}>
          {t.database.addRollback}
        </Button>
      )}
    </p>
  );
}
