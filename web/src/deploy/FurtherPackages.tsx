// Packages that go together with the first one.

import { Button } from "antd";

import { useT } from "../i18n";
import { PackageAndVersion } from "./PackageAndVersion";
import { partOf, partText } from "./parts";

interface Props {
  /** As the address has them. */
  also: readonly string[];
  onChange: (also: string[]) => void;
}

export function FurtherPackages({ also, onChange }: Props) {
  const t = useT();
  return (
    <>
      {also.map((text, index) => {
        const part = partOf(text);
        return (
          <PackageAndVersion
            key={index}
            name={part.package}
            version={part.version || undefined}
            onChange={({ package: name = part.package, version }) => onChange(also.with(index, partText({ package: name, version })))}
            onRemove={() => onChange(also.toSpliced(index, 1))}
          />
        );
      })}
      <div className="form-actions part-add">
        <Button onClick={() => onChange([...also, partText({ package: "", version: "" })])}>{t.deploy.addPackage}</Button>
        {also.length > 0 && <span className="faint">{t.deploy.together}</span>}
      </div>
    </>
  );
}
