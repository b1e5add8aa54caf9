// Databases to which database packages are applied.

export const targets = {
  targets: {
    title: "Databases",
    intro: "Where database packages are applied, and which host runs them.",
    name: "Database target",
    add: "Add a database",
    host: "Run by",
    hostHint: "The host that runs the scripts; it must reach the database.",
    noHost: "its host was removed",
    database: "Database",
    file: "File on the host",
    address: "Address",
    password: "Password",
    tls: "TLS",
    tlsModes: { off: "Off", prefer: "If the server has it", require: "Always", verify: "Always, and the server is verified" },
    authority: "Authority of the server's certificate",
    ledger: "Applied",
    neverLooked: "not looked at yet",
    stoppedAt: (script: string, line: number, statement: number, statements: number) => `stopped in ${script}, line ${line}, statement ${statement} of ${statements}`,
    removeText: "The database itself stays as it is, with its ledger.",
    empty: "No databases yet",
    emptyHint: "A database package is deployed to the databases of a module.",
  },
};
