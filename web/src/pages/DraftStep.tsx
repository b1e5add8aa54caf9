// One step of a draft: the editor of its kind, its tree of files, or a form of its settings.

import type { Draft } from "../api/types";
import { ConfigStep } from "../config/ConfigStep";
import { DatabaseStep } from "../database/DatabaseStep";
import { FilesStep } from "../drafts/FilesStep";
import { History } from "../drafts/History";
import { VersionFields } from "../drafts/InformationStep";
import type { SaveState } from "../drafts/saving";
import { SettingsForm } from "../drafts/SettingsForm";
import { isEdited, type DraftStep } from "../drafts/steps";
import { useT } from "../i18n";
import type { Dictionary } from "../i18n/en";
import { CleanupFields } from "../manifest/CleanupFields";
import { CommandFields } from "../manifest/CommandFields";
import { CONFIG_COMMANDS } from "../manifest/fields";
import { InformationFields } from "../manifest/InformationFields";
import { LifecycleFields } from "../manifest/LifecycleFields";
import { ScriptStep } from "../script/ScriptStep";
import { Panel } from "../ui/Panel";

interface StepProps {
  draft: Draft;
  step: DraftStep;
  file: string | undefined;
  onFile: (path: string | undefined) => void;
  onState: (state: SaveState["is"]) => void;
}

export function Step({ draft, step, file, onFile, onState }: StepProps) {
  const t = useT();
  const readOnly = draft.state !== "open";
  switch (step) {
    case "files":
      return <Editor draft={draft} file={file} onFile={onFile} onState={onState} />;
    case "tree":
      return <FilesStep draft={draft} file={file} onFile={onFile} onState={onState} />;
    case "history":
      return (
        <Panel>
          <History draft={draft.id} readOnly={readOnly} />
        </Panel>
      );
    case "information":
      return (
        <Panel>
          <VersionFields draft={draft} />
          <SettingsForm draft={draft.id} readOnly={readOnly} onState={onState}>
            <InformationFields kind={draft.kind} />
          </SettingsForm>
        </Panel>
      );
    case "lifecycle":
      return (
        <Panel>
          <SettingsForm key={step} draft={draft.id} readOnly={readOnly} onState={onState}>
            {draft.kind === "config" ? (
              <>
                <p className="faint">{t.config.commandsHint}</p>
                <CommandFields names={CONFIG_COMMANDS} when={(name) => t.config.when[name]} />
              </>
            ) : (
              <LifecycleFields />
            )}
          </SettingsForm>
        </Panel>
      );
    case "cleanup":
      return (
        <Panel>
          <SettingsForm key={step} draft={draft.id} readOnly={readOnly} onState={onState}>
            <CleanupFields />
          </SettingsForm>
        </Panel>
      );
  }
}

/** The editor of the kind, or the tree of files. */
function Editor({ draft, file, onFile, onState }: Omit<StepProps, "step">) {
  switch (draft.kind) {
    case "config":
      return <ConfigStep draft={draft} file={file} onFile={onFile} onState={onState} />;
    case "script":
      return <ScriptStep draft={draft} onState={onState} />;
    case "database":
      return <DatabaseStep draft={draft} file={file} onFile={onFile} onState={onState} />;
    case "file":
    case "image":
    case "app":
      return <FilesStep draft={draft} file={file} onFile={onFile} onState={onState} />;
  }
}

/** What a step is called, which depends on what is made in it. */
export function titleOf(step: DraftStep, kind: Draft["kind"], t: Dictionary): string {
  if (step === "files" && isEdited(kind)) return t.editor.steps[kind];
  if (step === "lifecycle" && kind === "config") return t.config.commands;
  return t.draft.steps[step === "tree" ? "files" : step];
}
