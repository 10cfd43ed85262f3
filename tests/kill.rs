//! Nothing confirmed is lost: two processes label at once, one through `label assign -`, one through the window's
//! command path, and are killed at a random moment. What they confirmed must be there.
//!
//! `MODELIER_KILL_REPEATS` says how often (5 by default); `packaging/kill-test.sh` runs 50.

mod common;

use common::{Workspace, write_image};
use modelier::domain::{Actor, Assign, Edit};
use modelier::ui::backend::Backend;
use modelier::workbench::{OpenOptions, Workbench};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Edits that the two processes try to make together.
const EDITS: usize = 1_000;
/// Set for the child process that plays the window: the workspace it works on.
const CHILD: &str = "MODELIER_KILL_TEST_WORKSPACE";

#[test]
fn what_was_confirmed_survives_a_kill() {
    let repeats = std::env::var("MODELIER_KILL_REPEATS").ok().and_then(|text| text.parse().ok()).unwrap_or(5);
    for seed in 0..repeats {
        one_round(seed);
    }
}

fn one_round(seed: u64) {
    let mut random = StdRng::seed_from_u64(seed);
    let workspace = Workspace::new();
    let input = workspace.path("in");
    for number in 0..EDITS {
        write_image(&input.join(format!("{number:04}.png")), [1, 2, 3]);
    }
    workspace.create_dataset("kill", &input, &["command", "window"]);
    let (even, odd): (Vec<usize>, Vec<usize>) = (0..EDITS).partition(|number| number % 2 == 0);
    let mut command = workspace.command(&["label", "assign", "kill", "--label", "command", "-"]);
    let mut children = [
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the command"),
        window_child(&workspace.path("workspace")),
    ];
    let readers: Vec<_> = children.iter_mut().zip([even, odd]).map(|(child, numbers)| feed(child, numbers)).collect();
    std::thread::sleep(Duration::from_millis(random.random_range(50..3_000)));
    for child in &mut children {
        child.kill().expect("SIGKILL");
        child.wait().expect("its end");
    }
    let confirmed: Vec<BTreeSet<String>> = readers.into_iter().map(|reader| reader.join().expect("read")).collect();

    for (label, confirmed) in ["command", "window"].iter().zip(&confirmed) {
        let rows = workspace.json(&["sample", "list", "kill", "--label", label]);
        let there: BTreeSet<String> = rows
            .as_array()
            .expect("rows")
            .iter()
            .map(|row| row["source"].as_str().expect("a source").rsplit('/').next().expect("a name").to_owned())
            .collect();
        let lost: Vec<_> = confirmed.difference(&there).collect();
        assert!(lost.is_empty(), "seed {seed}: {label} confirmed and lost {lost:?}");
        // At most the one edit that was under way was done without being confirmed.
        assert!(
            there.len() <= confirmed.len() + 1,
            "seed {seed}: {} there, {} confirmed",
            there.len(),
            confirmed.len()
        );
    }
    let shown = workspace.json(&["dataset", "show", "kill"]);
    let labels = shown["labels"].as_array().expect("labels");
    let sum: u64 = labels.iter().map(|label| label["count"].as_u64().expect("a count")).sum();
    assert_eq!(shown["samples"]["labeled"], sum, "the counts agree with each other");
    eprintln!("seed {seed}: {} and {} confirmed, none lost", confirmed[0].len(), confirmed[1].len());
}

/// Writes sample names into the child and collects those it prints back, until it ends.
fn feed(child: &mut Child, numbers: Vec<usize>) -> std::thread::JoinHandle<BTreeSet<String>> {
    let mut pipe = child.stdin.take().expect("a pipe");
    let output = child.stdout.take().expect("a pipe");
    let writing = move || {
        for number in numbers {
            // The child is killed while we write: a broken pipe is what the test is about.
            if writeln!(pipe, "{number:04}.png").is_err() {
                return;
            }
        }
    };
    std::thread::Builder::new().name("feed".to_owned()).spawn(writing).expect("a thread");
    let reading =
        move || BufReader::new(output).lines().map_while(Result::ok).filter(|line| line.ends_with(".png")).collect();
    std::thread::Builder::new().name("read".to_owned()).spawn(reading).expect("a thread")
}

/// This test program once more, playing the window.
fn window_child(workspace: &std::path::Path) -> Child {
    Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "the_window_of_the_kill_test", "--nocapture"])
        .env(CHILD, workspace)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the window")
}

/// Does nothing unless it is started as the child of the test above.
#[test]
fn the_window_of_the_kill_test() {
    let Some(folder) = std::env::var_os(CHILD).map(PathBuf::from) else { return };
    let options = OpenOptions {
        workspace: folder,
        actor: Actor("window".to_owned()),
        client: "window".to_owned(),
        executable: PathBuf::from(env!("CARGO_BIN_EXE_modelier")),
    };
    let workbench = Workbench::open(options).expect("the workspace");
    let dataset = workbench.dataset("kill").expect("the dataset").dataset.id;
    let label = workbench.label(dataset, "window").expect("the label").id;
    let backend = Backend::new(workbench, egui::Context::default()).expect("threads");
    println!();
    for line in std::io::stdin().lock().lines() {
        let name = line.expect("a line");
        let found = backend.workbench().find_samples(dataset, std::slice::from_ref(&name)).expect("the sample");
        let samples = vec![found[0].expect("the sample")];
        let promise = backend.submit(dataset, Edit::Assign { samples, labels: vec![label], how: Assign::Replace });
        let outcome = loop {
            if let Some(outcome) = promise.take() {
                break outcome;
            }
            std::thread::sleep(Duration::from_micros(200));
        };
        outcome.expect("the edit");
        println!("{name}");
    }
}
