// A freeze as a form holds it, and back. Pure.

import type { Freeze, FreezeSchedule, Weekday } from "../api/types";

export interface FreezeFields {
  name: string;
  scope: string | undefined;
  kind: FreezeSchedule["kind"];
  /** By the clock of the person, without a zone. */
  from: string;
  until: string;
  days: Weekday[];
  start: string;
  end: string;
  time_zone: string;
  message: string;
}

export const WEEKDAYS: Weekday[] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/** A moment as an input of the browser has it: by its clock, to the minute. */
export function localOf(moment: string): string {
  const at = new Date(moment);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

export const momentOf = (local: string): string => new Date(local).toISOString();

export function fieldsOf(freeze: Freeze | undefined, zone: string): FreezeFields {
  const fields: FreezeFields = {
    name: freeze?.name ?? "",
    scope: freeze?.scope ?? "environment:prod",
    kind: freeze?.schedule.kind ?? "once",
    from: "",
    until: "",
    days: ["fri"],
    start: "18:00",
    end: "08:00",
    time_zone: zone,
    message: freeze?.message ?? "",
  };
  const schedule = freeze?.schedule;
  if (schedule?.kind === "once") return { ...fields, from: localOf(schedule.from), until: localOf(schedule.until) };
  if (schedule?.kind === "weekly") return { ...fields, ...schedule };
  return fields;
}

export const scheduleOf = ({ kind, from, until, days, start, end, time_zone }: FreezeFields): FreezeSchedule =>
  kind === "once"
    ? { kind, from: momentOf(from), until: momentOf(until) }
    : { kind, days: WEEKDAYS.filter((day) => days.includes(day)), start, end, time_zone: time_zone.trim() };
