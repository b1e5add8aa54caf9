// Content whose bytes on disk are not what was written, and which versions to push again to mend it.

import type { DamagedRange } from "../api/types";
import { useT } from "../i18n";
import { formatBytes, shortDigest } from "../i18n/format";
import { ButtonLink } from "../shell/ButtonLink";
import { VersionLink } from "../table/links";
import { QueryTable, type Column } from "../table/QueryTable";
import { Blank } from "../ui/Blank";
import { CopyInline } from "../ui/Copyable";

/** Versions of the same number need mending once. */
function versionsOf({ uses }: DamagedRange) {
  const found = new Map(uses.map((use) => [`${use.package}@${use.version}`, use]));
  return [...found.values()];
}

export function Damage() {
  const t = useT();
  const columns: Column<DamagedRange>[] = [
    { key: "pack", title: t.storage.pack, render: (row) => <CopyInline text={row.pack} shown={shortDigest(row.pack)} /> },
    { key: "offset", title: t.storage.offset, align: "right", render: (row) => <span className="num">{row.offset}</span> },
    { key: "length", title: t.package.size, align: "right", render: (row) => <span className="num">{formatBytes(row.length)}</span> },
    {
      key: "push",
      title: t.storage.pushAgain,
      render: (row) =>
        row.uses.length === 0 ? (
          <span className="faint">{t.storage.notUsed}</span>
        ) : (
          <div className="tags">
            {versionsOf(row).map((use) => (
              <VersionLink key={`${use.package}@${use.version}`} full name={use.package} version={use.version} />
            ))}
          </div>
        ),
    },
    {
      key: "files",
      title: t.storage.damagedFiles,
      optional: true,
      render: (row) => (
        <ul>
          {row.uses.slice(0, 5).map((use, index) => (
            <li key={index}>
              <code>{use.path || t.storage.listItself}</code>
            </li>
          ))}
        </ul>
      ),
    },
  ];
  return (
    <>
      <p className="faint tab-words">{t.storage.damageIntro}</p>
      <QueryTable<DamagedRange>
        noun="storage"
        name="damage"
        path="/storage/damage"
        rowKey={(row) => `${row.pack} ${row.offset}`}
        columns={columns}
        toolbar={<ButtonLink to="/push">{t.nav.push}</ButtonLink>}
        empty={<Blank title={t.storage.noDamage} hint={t.storage.noDamageHint} />}
      />
    </>
  );
}
