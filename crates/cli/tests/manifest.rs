//! `package init` and `package import-manifest`: a packhorse.toml to begin with.

use insta::assert_snapshot;

use crate::environment::TestEnvironment;

fn with(files: &[(&str, &str)]) -> TestEnvironment {
    let environment = TestEnvironment::new();
    for (path, text) in files {
        std::fs::create_dir_all(environment.path(path).parent().unwrap()).unwrap();
        environment.write(path, text);
    }
    environment
}

#[test]
fn a_manifest_is_begun_with_what_is_there_and_never_replaced() {
    let files = [
        ("shop-web_1.0.0/scripts/start.sh", ""),
        ("shop-web_1.0.0/bin/1_stop.sh", ""),
        ("shop-web_1.0.0/conf/a.conf", ""),
    ];
    let environment = with(&files);
    assert_snapshot!(environment.run(&["package", "init", "shop-web_1.0.0"]).seen(), @r"
    exit 0
    --- stderr
    wrote shop-web_1.0.0/packhorse.toml for a file package
    ");
    assert_snapshot!(std::fs::read_to_string(environment.path("shop-web_1.0.0/packhorse.toml")).unwrap(), @r#"
    # What this package says about itself. Each key, what it is if not said, and examples: docs/packhorse-toml.md.

    description = ""                        # a line about the package

    # install_root = "/data/app/shop-web"   # where its versions lie on a host; this, if not said
    # owner = "www"                         # who owns the files and runs the commands; the agent's own user if not said
    # render = ["conf/a.conf"]              # files in which [@name] is replaced
    # keep = 2                              # older versions that stay besides the current and the previous one

    # Found by their names, and run without being listed here:
    #   start        scripts/start.sh

    [lifecycle.stop]
    command = "bin/1_stop.sh"

    # What must hold while it runs. Without it, nobody notices a version that starts and then fails.
    # [[health]]
    # port = 8080                           # or http = "http://[@packhorse.host.ip]:8080/", process = "shop-web:1,4", command = "bin/check.sh"
    # within = 30                           # seconds after the start
    "#);
    assert_snapshot!(environment.run(&["package", "init", "shop-web_1.0.0"]).seen(), @r"
    exit 1
    --- stderr
    error: shop-web_1.0.0/packhorse.toml is there already
    hint: nothing was written: edit it, or move it away first
    ");
}

#[test]
fn each_kind_has_a_manifest_of_its_own() {
    let environment =
        with(&[("etc/app.conf", ""), ("job/cleanup.py", ""), ("shop-db/README.md", ""), ("old/init.xml", "")]);
    let written = |dir: &str, args: &[&str]| {
        let run = environment.run(&[&["package", "init", dir], args].concat());
        assert_eq!(run.code, 0, "{}", run.seen());
        run.stderr + &std::fs::read_to_string(environment.path(dir).join("packhorse.toml")).unwrap()
    };
    assert_snapshot!(written("etc", &[]), @r#"
    wrote etc/packhorse.toml for a config package
    # What this package says about itself. Each key, what it is if not said, and examples: docs/packhorse-toml.md.

    description = ""                        # a line about the package

    # Each file, and where it goes on a host.
    [[config]]
    file = "app.conf"
    target = "/etc/etc/app.conf"
    # owner = "root:www"
    # mode = "640"

    # Says by its exit code whether the new files are good; `pre` and `post` run before and after they are written.
    # [lifecycle.validate]
    # command = "/usr/sbin/nginx"
    # args = ["-t"]
    "#);
    assert_snapshot!(written("job", &[]), @r#"
    wrote job/packhorse.toml for a script package
    # What this package says about itself. Each key, what it is if not said, and examples: docs/packhorse-toml.md.

    description = ""                        # a line about the package

    [script]
    entry = "cleanup.py"
    interpreter = "python"
    # timeout = 3600                        # seconds
    # user = "root"                         # the agent's own if not said

    # What it is given, in its environment.
    # [[script.parameter]]
    # name = "DAYS"
    # type = "integer"                      # text, integer, boolean, choice or secret
    # default = "30"
    "#);
    assert_snapshot!(written("shop-db", &[]), @r#"
    wrote shop-db/packhorse.toml for a database package
    # What this package says about itself. Each key, what it is if not said, and examples: docs/packhorse-toml.md.

    description = ""                        # a line about the package

    [database]
    engine = "mysql"                        # postgres, mysql (and MariaDB) or sqlite
    # from = "1.0.0"                        # where the increment begins, if its name does not say it
    # user = "shop"                         # who runs it
    "#);
    assert!(
        written("old", &["--kind", "file"])
            .contains("`packhorse package import-manifest old` writes what init.xml says")
    );
}

const INIT: &str = "<base_info>\nname=\"shop\"\napp_name=\"shop:1,4\"\nport=\"8080\"\n</base_info>\n<start>\nulimit -c 4\n</start>\n<crontab>\n* * * * * a\n</crontab>\n";

#[test]
fn older_manifests_are_taken_over() {
    let environment = with(&[
        ("shop/init.xml", INIT),
        ("shop/clear.conf", "log 85%:2000M delete 10 *.log\n"),
        ("shop/admin/start.sh", ""),
    ]);
    assert_snapshot!(environment.run(&["package", "import-manifest", "shop"]).seen(), @r#"
    exit 0
    --- stdout
    [[cleanup]]
    action = "delete"
    directory = "log"
    directory_mib = 2000
    glob = "*.log"
    older_than = "10d"
    partition_percent = 85

    [[health]]
    interval = 15
    port = 8080
    timeout = 5
    within = 30

    [lifecycle.start]
    command = "admin/start.sh"

    [metadata.more]
    "tars.name" = "shop"

    [[process]]
    max = 4
    min = 1
    name = "shop"
    --- stderr
    init.xml:2: taken over: name, as an attribute
    init.xml:3: taken over: the process shop
    init.xml:4: taken over: the port 8080, as a health check
    init.xml:6: taken over: start, as admin/start.sh
    warning: init.xml:9: not taken over: the block <crontab>; install the jobs in scripts/install.sh; processes and cleanup are watched by the agent itself
    clear.conf:1: taken over: cleanup of log
    "#);
    let written = environment.run(&["package", "import-manifest", "shop/init.xml", "-O", "shop/packhorse.toml", "-q"]);
    assert_snapshot!(written.seen(), @r"
    exit 0
    --- stderr
    warning: init.xml:9: not taken over: the block <crontab>; install the jobs in scripts/install.sh; processes and cleanup are watched by the agent itself
    ");
    assert_snapshot!(environment.run(&["package", "import-manifest", "shop", "-O", "shop/packhorse.toml", "-q"]).seen(), @r"
    exit 1
    --- stderr
    error: shop/packhorse.toml is there already
    hint: nothing was written: edit it, or move it away first
    ");
}

#[test]
fn manifests_that_cannot_be_read_are_refused() {
    let environment = with(&[
        ("none/a.txt", ""),
        ("anchor/appspec.yml", "a: &b 1\n"),
        ("worse/init.xml", "<base_info>\napp_name=\"a/b\"\n</base_info>\n"),
    ]);
    let seen = |path: &str| environment.run(&["package", "import-manifest", path]).seen();
    assert_snapshot!(seen("none"), @r"
    exit 1
    --- stderr
    error: none has none of init.xml, appspec.yml, appspec.yaml
    hint: name the file, or begin with `packhorse package init`
    ");
    assert_snapshot!(seen("none/a.txt"), @r#"
    exit 1
    --- stderr
    error: "a.txt" is not a manifest that is understood: init.xml or appspec.yml
    hint: correct the file at that place; nothing was written
    "#);
    assert_snapshot!(seen("anchor"), @r"
    exit 1
    --- stderr
    error: appspec.yml, line 1, column 4: anchors and tags are not read
    hint: correct the file at that place; nothing was written
    ");
    assert_snapshot!(seen("worse"), @r#"
    exit 1
    --- stderr
    error: the older manifest says something that packhorse.toml cannot say
      process.name: "a/b" is no name of an executable: give its file name alone
    hint: correct it there and import again; nothing was written
    "#);
}
