//! Drafts from the command line.

use std::os::unix::fs::PermissionsExt as _;

use insta::assert_snapshot;

use crate::environment::{Run, TestEnvironment, TestServer};
use crate::lint::tar;

struct Site {
    environment: TestEnvironment,
    server: TestServer,
}

impl Site {
    fn start() -> Self {
        let environment = TestEnvironment::new();
        let server = TestServer::start(&environment, &environment.path("data"));
        let args = ["login", &server.url, "--user", "admin", "--password-stdin"];
        let run = environment.run_with(&args, &[], &format!("{}\n", server.password.as_deref().unwrap()));
        assert_eq!(run.code, 0, "{}", run.seen());
        Self { environment, server }
    }

    fn run(&self, args: &[&str]) -> Run {
        self.environment.run(args)
    }

    /// A draft, which every output shows as `$DRAFT`.
    fn draft(&mut self, args: &[&str]) -> String {
        let run = self.run(&[&["draft", "new", "shop"], args].concat());
        assert_eq!(run.code, 0, "{}", run.seen());
        let id = run.stdout.trim().to_owned();
        self.environment.call(id.clone(), "$DRAFT");
        id
    }

    /// An editor that writes this text.
    fn edit(&self, id: &str, path: &str, text: &str) -> Run {
        let script = self.environment.write("editor.sh", format!("#!/bin/sh\nprintf '{text}' > \"$1\"\n"));
        std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).unwrap();
        let editor = script.display().to_string();
        self.environment.run_with(&["draft", "edit", id, path], &[("EDITOR", &editor), ("PATH", "/bin:/usr/bin")], "")
    }
}

#[test]
fn a_version_is_made_file_by_file() {
    let mut site = Site::start();
    let id = site.draft(&["--version", "1.0.0"]);
    assert_snapshot!(site.run(&["draft", "files", &id]).seen(), @r"
    exit 0
    --- stderr
    the draft holds nothing; `packhorse draft put` puts something
    ");
    let start = site.environment.write("start.sh", "#!/bin/sh\n");
    std::fs::set_permissions(&start, std::fs::Permissions::from_mode(0o755)).unwrap();
    assert_snapshot!(site.run(&["draft", "put", &id, "start.sh", "scripts/start.sh"]).seen(), @r"
    exit 0
    --- stdout
    changed 2 paths; revision 1
    --- stderr
    sending start.sh (10 B)
    ");
    assert_snapshot!(site.edit(&id, "conf/app.toml", "port = 1").seen(), @r"
    exit 0
    --- stdout
    changed 2 paths; revision 2
    ");
    site.environment.write("site.tar", tar(&[("index.txt", "hello")]));
    assert_eq!(site.run(&["draft", "unpack", &id, "site.tar", "web"]).code, 0);
    assert_eq!(site.run(&["draft", "mv", &id, "web/index.txt", "web/home.txt"]).code, 0);
    assert_eq!(site.run(&["draft", "chmod", &id, "600", "conf/app.toml"]).code, 0);
    assert_eq!(site.run(&["draft", "rm", &id, "web"]).code, 0);
    assert_snapshot!(site.run(&["draft", "undo", &id]).seen(), @r"
    exit 0
    --- stdout
    changed 2 paths; revision 7
    ");
    assert_snapshot!(site.run(&["draft", "files", &id]).seen(), @r"
    exit 0
    --- stdout
    DIFFERENCE  MODE  SIZE  PATH              FROM
    added       755         conf
    added       600    8 B  conf/app.toml
    added       755         scripts
    added       755   10 B  scripts/start.sh
    added       755         web
    added       644    5 B  web/home.txt
    ");
    assert_eq!(site.run(&["draft", "get", &id, "conf/app.toml"]).stdout, "port = 1");
    let changes = site.run(&["draft", "changes", &id, "-o", "json"]).json();
    assert_eq!((&changes[0]["title"], &changes[1]["undone_by"]), (&"undo: delete web".into(), &7.into()));
    assert_eq!(site.run(&["draft", "lint", &id]).code, 0);
    let published = site.run(&["draft", "publish", &id]);
    assert_eq!((published.code, published.stdout.as_str()), (0, "shop@1.0.0\n"), "{}", published.seen());
    assert_eq!(site.run(&["package", "show", "shop@1.0.0"]).code, 0);

    let next = site.run(&["package", "edit", "shop"]);
    assert_eq!(site.run(&["package", "edit", "shop"]).stdout, next.stdout, "it is gone on with");
    let id = next.stdout.trim();
    assert_eq!(site.run(&["draft", "show", id, "-o", "json"]).json()["base"], "1.0.0");
    assert_eq!(site.run(&["draft", "delete", id]).code, 0);
    assert_eq!(site.run(&["draft", "show", id]).code, 4);
    assert!(site.server.url.starts_with("http"));
}

#[test]
fn a_draft_that_is_wrong_says_all_of_it() {
    let mut site = Site::start();
    let id = site.draft(&[]);
    assert_eq!(site.edit(&id, "packhorse.toml", "render = [\"none\"]").code, 0);
    let refused = site.run(&["draft", "publish", &id, "--version", "1.0.0"]);
    assert!(refused.code == 1 && refused.stderr.contains("[RENDER_MISSING]"), "{}", refused.seen());
    assert_snapshot!(site.run(&["draft", "mkdir", &id, "../x"]).seen(), @r#"
    exit 1
    --- stderr
    error: the path "../x" leaves the package by ".."
    hint: rename it, then pack the folder again from inside, with relative paths only
    "#);
    assert_snapshot!(site.run(&["draft", "rm", &id, "nothing"]).seen(), @r#"
    exit 1
    --- stderr
    error: there is nothing at "nothing"
    hint: nothing was changed: look at what is there now, and send the change again with what it should expect
    "#);
}
