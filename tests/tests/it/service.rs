//! The shipped binary, built when it isn't fresh, and run as an operator runs it: by its environment, its signals and its
//! output. Nothing of ours is linked in here.

use fakes::discord::{self, FakeDiscord};
use fakes::telegram::{FakeTelegram, Group};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Longer than anything takes that works, on a busy machine too.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// The binary. Cargo is always asked, so that it is never an old one; when it is fresh, that takes a moment.
pub(crate) fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        let mut build = Command::new(env!("CARGO"));
        build.args(["build", "--package", "deskhand", "--message-format", "json-render-diagnostics"]);
        if !cfg!(debug_assertions) {
            build.arg("--release");
        }
        // What cargo tells a test about itself would make build scripts that look at it run anew, here and in the next test.
        for (name, _) in std::env::vars_os() {
            let name = name.to_string_lossy();
            if ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_CRATE_", "CARGO_BIN_", "CARGO_PRIMARY_"]
                .iter()
                .any(|about| name.starts_with(about))
            {
                build.env_remove(&*name);
            }
        }
        let built = build
            .current_dir(
                Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ lies in the workspace"),
            )
            .stderr(Stdio::inherit())
            .output()
            .expect("cargo can be started");
        assert!(built.status.success(), "the binary can't be built: {}", built.status);
        let lines = String::from_utf8(built.stdout).expect("cargo writes UTF-8");
        let mut executables = lines.lines().filter_map(|line| {
            let message: serde_json::Value = serde_json::from_str(line).ok()?;
            let ours = message["target"]["name"] == "deskhand";
            message["executable"].as_str().filter(|_| ours).map(PathBuf::from)
        });
        executables.next_back().expect("cargo names the binary that it built")
    })
}

/// How a service is configured, and where its data is. It outlives the processes that are started on it.
pub(crate) struct Setup {
    folder: TempDir,
    env: BTreeMap<String, String>,
}

impl Setup {
    /// Nothing configured but a free port and a folder of its own.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let mut setup = Self { folder, env: BTreeMap::new() };
        let data = setup.path("data").display().to_string();
        setup.set("DESKHAND_DATA", &data);
        setup.set("DESKHAND_LISTEN", "127.0.0.1:0");
        setup
    }

    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.env.insert(name.to_owned(), value.to_owned());
    }

    /// A path in the folder in which commands run.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Puts a file into that folder.
    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("it has a folder")).expect("a folder can be made");
        std::fs::write(path, text).expect("a file can be written");
    }

    /// A copy of the shipped pack, to be changed.
    pub(crate) fn copy_pack(&self, name: &str) -> PathBuf {
        let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("../intents/packs/okpay");
        let to = self.path(name);
        std::fs::create_dir_all(&to).expect("a folder can be made");
        for file in std::fs::read_dir(shipped).expect("the shipped pack is there") {
            let file = file.expect("it can be listed");
            std::fs::copy(file.path(), to.join(file.file_name())).expect("it can be copied");
        }
        to
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(binary());
        command.args(args).current_dir(self.folder.path()).env_clear().envs(&self.env);
        command
    }

    /// Runs a command to its end.
    pub(crate) fn run(&self, args: &[&str], input: &str) -> Output {
        let mut command = self.command(args);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the binary starts");
        // A command that reads no input may have ended by now.
        let _ = child.stdin.take().expect("it is piped").write_all(input.as_bytes());
        child.wait_with_output().expect("it can be waited for")
    }

    /// Runs a command that must succeed, and gives what it prints.
    #[track_caller]
    pub(crate) fn prints(&self, args: &[&str], input: &str) -> String {
        let output = self.run(args, input);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{args:?} failed: {errors}");
        String::from_utf8(output.stdout).expect("it prints UTF-8")
    }

    /// Adds an agent, and gives the link code.
    #[track_caller]
    pub(crate) fn add_agent(&self, name: &str) -> String {
        self.prints(&["agent", "add", name], "").trim().to_owned()
    }

    /// Starts the service without waiting for anything.
    pub(crate) fn spawn(&self) -> Service {
        let mut command = self.command(&["serve"]);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the binary starts");
        let said = Lines::default();
        let logged = Lines::default();
        said.follow(child.stdout.take().expect("it is piped"));
        logged.follow(child.stderr.take().expect("it is piped"));
        Service { child, said, logged }
    }

    /// Starts the service, and waits until it says that it runs.
    pub(crate) async fn start(&self) -> Service {
        let service = self.spawn();
        service.said.until("health").await;
        service
    }
}

/// What a process writes, line by line, as it comes.
#[derive(Clone, Default)]
pub(crate) struct Lines(Arc<Mutex<String>>);

impl Lines {
    fn follow(&self, from: impl Read + Send + 'static) {
        let lines = self.0.clone();
        std::thread::spawn(move || {
            let mut from = BufReader::new(from);
            let mut line = Vec::new();
            while from.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
                lines.lock().unwrap().push_str(&String::from_utf8_lossy(&line));
                line.clear();
            }
        });
    }

    /// Everything so far.
    pub(crate) fn all(&self) -> String {
        self.0.lock().unwrap().clone()
    }

    /// Waits until a line contains these words, and gives it.
    pub(crate) async fn until(&self, words: &str) -> String {
        let began = Instant::now();
        loop {
            let all = self.all();
            if let Some(line) = all.lines().find(|line| line.contains(words)) {
                return line.to_owned();
            }
            assert!(began.elapsed() < PATIENCE, "never written: {words:?}; only:\n{all}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// A running service. It is killed when it is dropped; a test that fails shows its log.
pub(crate) struct Service {
    child: Child,
    /// Its standard output.
    pub(crate) said: Lines,
    /// Its standard error.
    pub(crate) logged: Lines,
}

impl Service {
    /// Where it answers over HTTP.
    pub(crate) async fn address(&self) -> String {
        let line = self.said.until("health").await;
        let url = line.split_whitespace().last().expect("the line ends with the address");
        url.trim_end_matches("/healthz").to_owned()
    }

    /// Sends a signal, such as `TERM`.
    pub(crate) fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([format!("-{name}"), self.child.id().to_string()]).status();
        assert!(sent.expect("there is kill").success(), "the service is gone");
    }

    /// Kills it as a power cut would: it hears nothing of it.
    pub(crate) fn kill(&mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it can be waited for");
    }

    /// Whether it ended by itself.
    pub(crate) fn has_ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().expect("it can be asked")
    }

    /// Waits until it ends.
    pub(crate) async fn ended(&mut self) -> ExitStatus {
        let began = Instant::now();
        loop {
            if let Some(status) = self.has_ended() {
                return status;
            }
            assert!(began.elapsed() < PATIENCE, "the service doesn't end; its log:\n{}", self.logged.all());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            eprint!("--- the log of the service\n{}", self.logged.all());
        }
    }
}

/// Both platforms, with a staff place on each, and a service that is configured for them.
pub(crate) struct World {
    pub(crate) telegram: FakeTelegram,
    pub(crate) group: Group,
    pub(crate) discord: FakeDiscord,
    pub(crate) setup: Setup,
}

impl World {
    pub(crate) async fn new() -> Self {
        let telegram = FakeTelegram::start().await;
        let discord = FakeDiscord::start().await;
        let group = telegram.group("Staff", true);
        let mut setup = Setup::new();
        setup.set("TELEGRAM_TOKEN", telegram.token());
        setup.set("TELEGRAM_API_URL", telegram.url());
        setup.set("TELEGRAM_STAFF_CHAT", &group.id.to_string());
        setup.set("DISCORD_TOKEN", discord::TOKEN);
        setup.set("DISCORD_API_URL", &discord.api_url());
        setup.set("DISCORD_GATEWAY_URL", &discord.gateway_url());
        setup.set("DISCORD_STAFF_CHANNEL", &discord.forum().to_string());
        Self { telegram, group, discord, setup }
    }

    /// Starts the service, and waits until it is on both platforms.
    pub(crate) async fn start(&self) -> Service {
        let service = self.setup.start().await;
        self.discord.connected().await;
        service
    }

    /// Adds an agent who works on Telegram.
    pub(crate) async fn telegram_agent(&self, name: &str) -> fakes::telegram::Person {
        let code = self.setup.add_agent(name);
        let person = self.telegram.person(name, "zh-hans");
        person.says(&format!("/link {code}"));
        person.hears("绑定成功").await;
        person
    }

    /// Adds an agent who works on Discord.
    pub(crate) async fn discord_agent(&self, name: &str) -> discord::Person {
        let code = self.setup.add_agent(name);
        let person = self.discord.person(name);
        person.dm(&format!("/link {code}"));
        person.sees("绑定成功").await;
        person
    }

    /// Nothing was sent that a platform refuses, or that must never be sent.
    #[track_caller]
    pub(crate) fn made_no_mistakes_but(&self, expected: &[&str]) {
        let mut mistakes = self.telegram.state(fakes::telegram::State::mistakes);
        mistakes.retain(|mistake| !expected.iter().any(|words| mistake.contains(words)));
        assert!(mistakes.is_empty(), "{mistakes:#?}");
        self.discord.assert_clean();
    }
}
