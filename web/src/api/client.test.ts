import { describe, expect, it } from "vitest";

import { queryText } from "./client";
import { problemOfAnswer } from "./problem";

describe("client", () => {
  it("leaves out what is empty and repeats lists", () => {
    expect(queryText({ a: "", b: undefined, c: null })).toBe("");
    expect(queryText({ search: "a b&c", limit: 50, state: ["x", "y"] })).toBe("?search=a+b%26c&limit=50&state=x&state=y");
  });

  it("reads problems, and says the status of anything else", () => {
    const problem = { status: 409, code: "version_exists", title: "The version exists", hint: "Push another" };
    expect(problemOfAnswer(409, JSON.stringify(problem))).toEqual(problem);
    expect(problemOfAnswer(502, "<html>Bad gateway")).toMatchObject({ status: 502, code: "console_unreadable" });
  });
});
