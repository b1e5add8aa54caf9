//! Command lines that cannot be meant, and servers that are not there.

use insta::assert_snapshot;

use crate::environment::{TestEnvironment, deaf_address};

#[test]
fn a_typing_error_is_answered_with_what_may_be_meant() {
    let environment = TestEnvironment::new();
    assert_snapshot!(environment.run(&["pakcage", "list"]).seen(), @r"
    exit 2
    --- stderr
    error: unrecognized subcommand 'pakcage'

      tip: a similar subcommand exists: 'package'

    Usage: packhorse [OPTIONS] <COMMAND>

    For more information, try '--help'.
    ");
    assert_snapshot!(environment.run(&["deploy", "shop@1.0.0", "--to", "Shop/Production/Web", "--canry", "1"]).seen(), @r"
    exit 2
    --- stderr
    error: unexpected argument '--canry' found

      tip: a similar argument exists: '--canary'

    Usage: packhorse deploy --to <BUSINESS/SYSTEM/MODULE> --canary <N> <NAME@VERSION>...

    For more information, try '--help'.
    ");
}

#[test]
fn values_are_refused_with_the_form_that_they_should_have() {
    let environment = TestEnvironment::new();
    let seen = |args: &[&str]| environment.run(args).seen();
    assert_snapshot!(seen(&["deploy", "shop", "--to", "Shop/Production/Web"]), @r"
    exit 2
    --- stderr
    error: invalid value 'shop' for '<NAME@VERSION>...': write it as NAME@VERSION, as in shop-web@1.0.0

    For more information, try '--help'.
    ");
    assert_snapshot!(seen(&["deploy", "shop@1.0.0", "--to", "Shop/Web"]), @r#"
    exit 2
    --- stderr
    error: invalid value 'Shop/Web' for '--to <BUSINESS/SYSTEM/MODULE>': "Shop/Web" is not a module: write BUSINESS/SYSTEM/MODULE, as in Shop/Production/Web

    For more information, try '--help'.
    "#);
    assert_snapshot!(seen(&["deploy", "shop@1.0.0", "--to", "Shop/Production/Web", "--batch", "ten"]), @r#"
    exit 2
    --- stderr
    error: invalid value 'ten' for '--batch <EXPR>': "ten" is not a batch expression: part 1 must be N, N% (1 to 100), +N, +N% or *N with N of at least 1, and one blank between parts

    For more information, try '--help'.
    "#);
    assert_snapshot!(seen(&["deploy", "shop@1.0.0"]), @r"
    exit 2
    --- stderr
    error: the following required arguments were not provided:
      --to <BUSINESS/SYSTEM/MODULE>

    Usage: packhorse deploy --to <BUSINESS/SYSTEM/MODULE> <NAME@VERSION>...

    For more information, try '--help'.
    ");
    assert_snapshot!(seen(&["host", "list", "--url", "127.0.0.1:7433"]), @r#"
    exit 2
    --- stderr
    error: "127.0.0.1:7433" is not the address of a server: write it as http://127.0.0.1:7433 or https://packhorse.example.com
    "#);
}

#[test]
fn plan_never_exits_with_the_code_for_changes_unless_there_are_some() {
    let environment = TestEnvironment::new();
    assert_eq!(environment.run(&["plan", "shop"]).code, 1);
    assert_eq!(environment.run(&["deploy", "shop"]).code, 2);
}

#[test]
fn a_server_out_of_reach_has_an_exit_code_of_its_own() {
    let mut environment = TestEnvironment::new();
    let address = deaf_address();
    environment.call(&address, "$ADDRESS");
    let url = format!("http://{address}");
    assert_snapshot!(environment.run_with(&["host", "list"], &[("PACKHORSE_URL", &url)], "").seen(), @r"
    exit 5
    --- stderr
    error: could not reach the server at http://$ADDRESS
      tcp connect error: Connection refused (os error 111)
    hint: look whether the server runs (`packhorse serve --data DIR` starts one) and whether the address is right: --url, PACKHORSE_URL or `packhorse login URL` says it
    ");
    assert_eq!(environment.run(&["plan", "shop@1.0.0", "--to", "A/B/C", "--url", &url]).code, 5);
}

#[test]
fn nothing_is_deployed_where_nobody_can_be_asked() {
    let environment = TestEnvironment::new();
    let run = environment.run(&["deploy", "shop@1.0.0", "--to", "Shop/Production/Web"]);
    assert_snapshot!(run.seen(), @r"
    exit 2
    --- stderr
    error: nobody can be asked: this is not a terminal
    hint: add --yes to do it without asking; `packhorse plan` shows what it would do
    ");
}

#[test]
fn a_reader_that_goes_is_no_failure() {
    let environment = TestEnvironment::new();
    let mut child = environment.command(&["completion", "bash"]).stdout(std::process::Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_topology_file_that_is_wrong_is_refused_where_it_is_wrong() {
    let environment = TestEnvironment::new();
    environment.write("t.toml", "[[business]]\nname = \"Shop\"\nowner = \"me\"\n");
    assert_snapshot!(environment.run(&["topology", "apply", "t.toml"]).seen(), @r#"
    exit 1
    --- stderr
    error: t.toml is not a topology
      TOML parse error at line 3, column 1
        |
      3 | owner = "me"
        | ^^^^^
      unknown field `owner`, expected `name` or `system`
    hint: `packhorse topology apply --help` shows what the file looks like
    "#);
    assert_snapshot!(environment.run(&["topology", "apply", "none.toml"]).seen(), @r"
    exit 1
    --- stderr
    error: could not read none.toml
      No such file or directory (os error 2)
    ");
}
