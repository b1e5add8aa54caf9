//! What is said to those who ask.

use insta::assert_snapshot;

use crate::environment::TestEnvironment;

#[test]
fn the_commands_are_in_groups() {
    let environment = TestEnvironment::new();
    assert_snapshot!(environment.run(&["--help"]).seen(), @r"
    exit 0
    --- stdout
    Carries software packages to hosts: a registry of versions, and an engine that rolls them out
    without ever leaving a host without a working version

    Usage: packhorse [OPTIONS] <COMMAND>

    Server:
      serve            Run the server
      user             Users: the people who sign in
      audit            The audit log: who did what, to what, when
      storage          The server's storage: what it holds, whether it is sound, and what may go
      retention        Which versions are deleted by themselves, unless their package says otherwise

    Packages:
      package          Packages and their versions
      draft            Drafts: versions that are being made
      danger-rule      Danger rules: what in a script should make a person look twice
      find             Find objects by type, name and attributes, as ControlTier's find-objects does
      import           Take over what other systems have
      export           Write what other systems read

    Hosts:
      topology         The tree of businesses, systems and modules
      host             Hosts, and how they join
      instance         Instances: one package on one host
      variable         Variables: values that differ between environments, modules and hosts
      secret           The vault: secrets, sealed, and given only to the hosts that need them
      database-target  Database targets: where databases are, and which hosts reach them
      database         Databases: which version of which package is in them

    Deployments:
      plan             Show what a deployment would do, and do nothing
      apply            Apply a plan that was made before
      deploy           Bring a version to hosts
      upgrade          Bring newer versions to hosts that have older ones
      downgrade        Bring older versions to hosts that have newer ones
      script           Scripts: run them on hosts, and see what they wrote and how they ended
      deployment       Deployments: what runs, what ran, and what to do about it
      strategy         Strategies: how deployments proceed, saved under names
      environment      Environments: what deployments there have to observe
      freeze           Freezes: times in which nothing new starts
      lock             Locks: nothing new starts in a scope until they are removed

    This client:
      login            Sign in to a server and remember a token for it
      token            API tokens, for CI and other machines
      completion       Write a shell's completion script

    Options:
          --url <URL>        The server [default: the one of the last login, or http://127.0.0.1:7433]
      -o, --output <FORMAT>  How data is written to standard output: table, json, jsonl or yaml
      -q, --quiet            Say nothing but data, warnings and errors
      -h, --help             Print help
      -V, --version          Print version

    Environment:
      PACKHORSE_URL    the server, as --url says it
      PACKHORSE_TOKEN  an API token; stands above what `packhorse login` stored
      PACKHORSE_LOG    what is logged to standard error: error, warn, info, debug, or a filter by module
      NO_COLOR         no colours

    Exit codes:
      0 done    1 failed       2 usage; of `plan`: there are changes
      3 refused 4 not found    5 the server could not be reached
    ");
}

#[test]
fn a_command_explains_itself() {
    let environment = TestEnvironment::new();
    assert_snapshot!(environment.run(&["deploy", "--help"]).seen(), @r"
    exit 0
    --- stdout
    Bring a version to hosts

    Makes a plan, shows it, asks, and applies exactly that plan: if anything that it rests on has moved
    meanwhile, the server refuses it and nothing is done. Everything is fetched and verified on the
    hosts of a batch before anything is stopped; a host whose new version is not healthy gets its old
    one back by itself.

    Several packages go together: databases first, then what others need, then by installrank. Each goes
    to those of the hosts whose modules it is bound to. A host gets all of its packages or keeps what it
    had of all of them; with `--on-failure rollback` everything goes back, in reverse order.

    Usage: packhorse deploy [OPTIONS] <NAME@VERSION>...

    Arguments:
      <NAME@VERSION>...
              The package and its version; several go together, and each host gets all of its own or
              none

    Options:
      -y, --yes
              Do not ask

          --bind
              Bind packages to modules to which they are not bound yet, also where nobody is asked

      -w, --watch
              Stay, show what happens, and exit with 0 only if all went well

      -h, --help
              Print help (see a summary with '-h')

    Targets:
          --to <BUSINESS/SYSTEM/MODULE>
              The module whose hosts are meant; may be given several times

          --host <HOST>
              Only this host; may be given several times

          --label <SELECTOR>
              Only hosts with such labels: `env=prod,zone in (a,b),!legacy`

          --instance-state <STATE>
              Only hosts whose instance is in this state
              
              [possible values: running, stopped]

          --instance-health <HEALTH>
              Only hosts whose instance is of this health
              
              [possible values: healthy, unhealthy, unknown]

          --instance-version <VERSION>
              Only hosts whose instance has this version

          --failed-in <DEPLOYMENT>
              Only hosts at which this deployment failed, or of which nobody knows

          --failed-last
              The same for the newest deployment of the package

    Strategy:
          --strategy <NAME>
              A strategy that was saved under this name; what else is said goes over it [default: that
              of the environment, if there is one]

          --canary <N>
              Hosts that go first, alone [default: 0]

          --batch <EXPR>
              Sizes of the batches after the canary: `10`, `25%`, `1 *3`, `10% +10%`; the last part
              repeats [default: 100%]

          --max-unavailable <N>
              Instances that may be down at the same time, as a number or a percentage [default: the
              batch]

          --order <ORDER>
              In which order hosts go: `name`, or `label:KEY` for the value of a label [default: name]

          --pause <WHERE>
              Before which batches someone has to say `packhorse deployment promote` [default: none]
              
              [possible values: none, after_canary, between_batches]

          --pause-seconds <SECONDS>
              Seconds between two batches [default: 0]

          --success-threshold <PERCENT>
              Per cent of the hosts of a batch that have to succeed for the next batch [default: all, or
              what --error-threshold allows]

          --error-threshold <N>
              Hosts that may fail before it stops, as a number or a percentage of all [default: none, or
              what --success-threshold allows]

          --on-failure <WHAT>
              What failures beyond the thresholds do: `stop` starts nothing further and waits for a
              person, `ask` does so and goes on by one word, `rollback` brings every host back, and of
              several packages all of them, `ignore` goes on [default: stop]
              
              [possible values: stop, rollback, ignore, ask]

          --bake <SECONDS>
              Seconds that every host of a batch must stay healthy before the next batch [default: 0]

          --host-timeout <SECONDS>
              Seconds that one host may take [default: 1800]

          --step-timeout <SECONDS>
              Seconds that a command of the package may take that does not say so itself [default: 300]

          --progress-deadline <SECONDS>
              Seconds after which it counts as failed that no host gets on [default: never]

          --at <TIME>
              Begin at this time and not before: 2026-06-01T22:00:00+08:00, or +2h from now

    Global options:
          --url <URL>
              The server [default: the one of the last login, or http://127.0.0.1:7433]

      -o, --output <FORMAT>
              How data is written to standard output: table, json, jsonl or yaml

      -q, --quiet
              Say nothing but data, warnings and errors

    Examples:
      packhorse deploy shop-web@1.0.0 --to Shop/Production/Web
      packhorse deploy shop-web@1.0.1 --to Shop/Production/Web --canary 1 --batch '1 *3' --bake 60
      packhorse deploy shop-web@1.0.1 --to Shop/Production/Web --strategy careful --at +2h
      packhorse deploy shop-web@1.0.1 shop-conf@2.0.0 shop-db@1.1.0 --to Shop/Production/Web

    In CI, where nobody can be asked:
      packhorse deploy shop-web@1.0.1 --to Shop/Production/Web --on-failure rollback --yes --watch
    ");
}

#[test]
fn every_command_has_help_and_a_sentence_about_itself() {
    let environment = TestEnvironment::new();
    let mut open = vec![Vec::<String>::new()];
    let mut seen = 0;
    while let Some(words) = open.pop() {
        let mut args: Vec<&str> = words.iter().map(String::as_str).collect();
        args.push("--help");
        let run = environment.run(&args);
        assert_eq!(run.code, 0, "{}", run.seen());
        assert!(run.stdout.starts_with(|c: char| c.is_ascii_uppercase()), "{}", run.seen());
        assert!(run.stdout.lines().all(|line| line.chars().count() <= 100), "{}", run.seen());
        seen += 1;
        let commands = run.stdout.split("\nCommands:\n").nth(1).and_then(|rest| rest.split("\n\n").next());
        for line in commands.unwrap_or_default().lines() {
            let name = line.split_whitespace().next().unwrap();
            if name != "help" {
                open.push([&words[..], &[name.to_owned()]].concat());
            }
        }
        if words.is_empty() {
            open.extend(
                [
                    "serve",
                    "login",
                    "token",
                    "completion",
                    "package",
                    "draft",
                    "danger-rule",
                    "topology",
                    "host",
                    "instance",
                    "plan",
                    "deploy",
                    "deployment",
                ]
                .map(|word| vec![word.to_owned()]),
            );
        }
    }
    assert!(seen > 30, "only {seen} commands were found");
}

#[test]
fn four_shells_are_completed() {
    let environment = TestEnvironment::new();
    for (shell, word) in [
        ("bash", "_packhorse()"),
        ("zsh", "#compdef packhorse"),
        ("fish", "complete -c packhorse"),
        ("powershell", "Register-ArgumentCompleter"),
    ] {
        let run = environment.run(&["completion", shell]);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{shell}");
        assert!(run.stdout.contains(word) && run.stdout.contains("join-token"), "{shell}");
    }
}
