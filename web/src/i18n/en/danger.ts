// The rules by which scripts and SQL are looked at.

/** The server's own words are English. */
const noWords: (rule: string) => string | undefined = () => undefined;

export const danger = {
  danger: {
    /** What a rule that comes with Packhorse says, where it is not in the server's words. */
    messageOf: noWords,
    title: "Danger rules",
    intro: "What is pointed out in scripts and SQL, and what is refused.",
    name: "Rule",
    nameHint: "a-z, 0-9 and -, for good",
    nameNeeded: "A rule needs a name of a-z, 0-9 and -",
    message: "What is dangerous",
    messageNeeded: "Say what is dangerous about it",
    level: "Level",
    levels: { low: "low", medium: "medium", high: "high", critical: "critical" },
    action: "Then",
    actions: { warn: "say so", block: "refuse" },
    languages: "Languages",
    languagesNeeded: "At least one language",
    language: { shell: "Shell", python: "Python", perl: "Perl", powershell: "PowerShell", sql: "SQL" },
    origin: "Origin",
    origins: { default: "built in", own: "own" },
    pattern: "Regular expression",
    patternHint: "Looked for in each line without its comments, in SQL in each statement.",
    patternNeeded: "A regular expression is needed",
    enabled: "Looks",
    switchOff: (name: string) => `Switch ${name} on or off`,
    updated: "Changed",
    asItCame: "as it came",
    add: "New rule",
    edit: "Edit",
    editOf: (name: string) => `Edit ${name}`,
    save: "Save",
    defaultHint: "Of a rule that comes with Packhorse, only what becomes of a finding can be changed, and whether it looks.",
    removeTitle: (name: string) => `Delete the rule ${name}?`,
    removeText: "Scripts are not looked at by it any more.",
    test: "Test a text",
    testText: "Text to be tested",
    testHint: "By the rules as they are now; nothing is kept.",
    empty: "No rules",
  },
};
