// A freeze: once, or every week by the clock of a time zone.

import { Checkbox, Form, Input, Modal, Radio } from "antd";

import type { Freeze } from "../api/types";
import { useT } from "../i18n";
import { ProblemView } from "../ui/ProblemView";
import { fieldsOf, scheduleOf, WEEKDAYS, type FreezeFields } from "./freezeFields";
import { useSetFreeze } from "./queries";
import { ScopeItem } from "./ScopeItem";

const NAME = /^[a-zA-Z0-9][a-zA-Z0-9._-]*$/;
const CLOCK = /^([01]\d|2[0-3]):[0-5]\d$/;

export function FreezeDialog({ freeze, onClose }: { freeze: Freeze | undefined; onClose: () => void }) {
  const t = useT();
  const [form] = Form.useForm<FreezeFields>();
  const initial = fieldsOf(freeze, Intl.DateTimeFormat().resolvedOptions().timeZone);
  const kind = Form.useWatch("kind", form) ?? initial.kind;
  const set = useSetFreeze();
  const save = (fields: FreezeFields) =>
    set.mutate(
      { name: freeze?.name ?? fields.name.trim(), scope: fields.scope ?? "global", schedule: scheduleOf({ ...initial, ...fields }), message: fields.message.trim() },
      { onSuccess: onClose },
    );
  const needed = [{ required: true, message: t.topology.required }];
  return (
    <Modal
      open
      title={freeze ? t.values.changeTitle(freeze.name) : t.guards.addFreeze}
      okText={t.values.save}
      cancelText={t.common.cancel}
      confirmLoading={set.isPending}
      onOk={() => form.submit()}
      onCancel={onClose}
    >
      <Form<FreezeFields> form={form} layout="vertical" requiredMark={false} initialValues={initial} onFinish={save}>
        {!freeze && (
          <Form.Item name="name" label={t.guards.freeze} rules={[{ required: true, pattern: NAME, message: t.guards.nameWrong }]}>
            <Input autoFocus spellCheck={false} placeholder="year-end" maxLength={64} />
          </Form.Item>
        )}
        <ScopeItem />
        <Form.Item name="kind" label={t.guards.when}>
          <Radio.Group optionType="button" options={(["once", "weekly"] as const).map((value) => ({ value, label: t.guards.kinds[value] }))} />
        </Form.Item>
        {kind === "once" ? (
          <div className="fields-2">
            <Form.Item name="from" label={t.guards.from} rules={needed}>
              <Input type="datetime-local" />
            </Form.Item>
            <Form.Item name="until" label={t.guards.until} rules={needed}>
              <Input type="datetime-local" />
            </Form.Item>
          </div>
        ) : (
          <>
            <Form.Item name="days" label={t.guards.weekdays} rules={needed}>
              <Checkbox.Group options={WEEKDAYS.map((value) => ({ value, label: t.guards.days[value] }))} />
            </Form.Item>
            <div className="fields-3">
              <Form.Item name="start" label={t.guards.from} rules={[{ required: true, pattern: CLOCK, message: t.guards.clockWrong }]}>
                <Input type="time" />
              </Form.Item>
              <Form.Item name="end" label={t.guards.until} extra={t.guards.endHint} rules={[{ required: true, pattern: CLOCK, message: t.guards.clockWrong }]}>
                <Input type="time" />
              </Form.Item>
              <Form.Item name="time_zone" label={t.guards.zone} rules={needed}>
                <Input spellCheck={false} placeholder="Asia/Shanghai" />
              </Form.Item>
            </div>
          </>
        )}
        <Form.Item name="message" label={t.guards.why} extra={t.guards.whyHint}>
          <Input maxLength={500} />
        </Form.Item>
      </Form>
      {set.isError && <ProblemView error={set.error} />}
    </Modal>
  );
}
