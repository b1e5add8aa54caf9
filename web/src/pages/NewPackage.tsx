// The frame of the pages on which a new package begins: what it is called, what its kind asks for, and on to the draft.

import type { UseMutationResult } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button, Form, Input, type FormInstance } from "antd";
import type { ReactNode } from "react";

import type { Draft } from "../api/types";
import type { NewPackageFields } from "../drafts/begin";
import { useT } from "../i18n";
import { PageHead } from "../ui/PageHead";
import { Panel } from "../ui/Panel";
import { ProblemView } from "../ui/ProblemView";

interface Props<Fields extends NewPackageFields> {
  title: string;
  note: string;
  placeholder: string;
  initial: Partial<Fields>;
  creation: UseMutationResult<Draft, Error, Fields>;
  form?: FormInstance<Fields>;
  children: ReactNode;
}

export function NewPackage<Fields extends NewPackageFields>({ title, note, placeholder, initial, creation, form, children }: Props<Fields>) {
  const t = useT();
  return (
    <>
      <PageHead title={title} crumbs={<Link to="/packages">{t.packages.title}</Link>} note={<span>{note}</span>} />
      <div className="narrow-page">
        <Panel>
          <Form<Fields>
            {...(form ? { form } : {})}
            layout="vertical"
            initialValues={initial}
            disabled={creation.isPending}
            onFinish={(fields) => creation.mutate(fields)}
          >
            <div className="fields-2">
              <Form.Item name="package" label={t.packages.name} rules={[{ required: true, whitespace: true, message: t.newPackage.nameNeeded }]}>
                <Input autoFocus spellCheck={false} placeholder={placeholder} />
              </Form.Item>
              <Form.Item name="version" label={t.package.number}>
                <Input spellCheck={false} placeholder="1.0.0" />
              </Form.Item>
            </div>
            {children}
            {creation.isError && <ProblemView error={creation.error} />}
            <Button type="primary" htmlType="submit" loading={creation.isPending}>
              {t.newPackage.next}
            </Button>
          </Form>
        </Panel>
      </div>
    </>
  );
}

/** A line about the package, for the kinds whose form has no more of its settings. */
export function DescriptionField() {
  const t = useT();
  return (
    <Form.Item name="description" label={t.settings.description}>
      <Input maxLength={500} />
    </Form.Item>
  );
}
