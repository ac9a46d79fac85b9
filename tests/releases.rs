//! Does a release have what its workflow promises, and can the bases of the image be pinned?

use std::{fs, path::Path, process::Command};

use crate::support::Running;

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn workflow() -> String {
    fs::read_to_string(repository().join(".github/workflows/release.yml")).unwrap()
}

#[test]
fn a_release_is_made_only_after_all_checks() {
    let workflow: serde_json::Value = serde_saphyr::from_str(&workflow()).unwrap();
    let jobs = &workflow["jobs"];
    assert_eq!(jobs["checks"]["uses"], "./.github/workflows/ci.yml");
    for job in ["image", "release"] {
        let needs = jobs[job]["needs"].as_array().unwrap();
        assert!(needs.contains(&"checks".into()), "{job} needs {needs:?}");
    }
}

#[test]
fn one_command_makes_the_chart_the_manifests_and_the_dashboards_of_a_release() {
    assert!(workflow().contains("deploy/package dist"));
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(repository().join("deploy/package"));
    command.arg(folder.path());
    Running::start(command).end().exits(0);
    let version = env!("CARGO_PKG_VERSION");
    for end in ["-base.yaml", "-demo.yaml", "-production.yaml", "-monitoring.tar.gz", ".tgz"] {
        let file = folder.path().join(format!("bindery-{version}{end}"));
        assert!(fs::metadata(&file).is_ok_and(|file| file.len() > 1_000), "{}", file.display());
    }
    let manifests = fs::read_to_string(folder.path().join(format!("bindery-{version}-production.yaml"))).unwrap();
    assert!(manifests.contains(&format!("image: ghcr.io/bindery/bindery:{version}\n")));
}

/// Returns the lines of each stage of the image, the first of which names it.
fn stages() -> Vec<Vec<String>> {
    let file = fs::read_to_string(repository().join("deploy/Dockerfile")).unwrap();
    let mut stages: Vec<Vec<String>> = Vec::new();
    for line in file.lines().filter(|line| !line.starts_with('#')) {
        if line.starts_with("FROM ") {
            stages.push(Vec::new());
        }
        if let Some(stage) = stages.last_mut() {
            stage.push(line.to_owned());
        }
    }
    stages
}

#[test]
fn only_the_image_that_is_asked_for_has_the_program_for_pdf_and_it_stands_where_an_assembler_looks() {
    let stages = stages();
    let named = |name: &str| stages.iter().find(|stage| stage[0].ends_with(&format!(" AS {name}"))).unwrap();
    assert_eq!(stages.last().unwrap()[0], "FROM bindery", "a build without a target makes another image");
    let copies = |stage: &[String], path: &str| stage.iter().any(|line| line.ends_with(&format!(" {path}")));
    assert!(copies(named("bindery"), "/bindery") && !copies(named("bindery"), "/bindery-pdf"));
    let with_pdf = named("with-pdf");
    assert!(with_pdf[0].starts_with("FROM bindery ") && copies(with_pdf, "/bindery-pdf"));
    let sources = fs::read_to_string(repository().join("deploy/Dockerfile.dockerignore")).unwrap();
    assert!(sources.contains("\n!pdf\n"), "the sources of the program do not reach the build");
}

#[test]
fn a_release_fails_while_a_base_of_the_image_is_not_pinned() {
    let workflow: serde_json::Value = serde_saphyr::from_str(&workflow()).unwrap();
    let script = workflow["jobs"]["bases"]["steps"][1]["run"].as_str().unwrap();
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("deploy")).unwrap();
    let told = folder.path().join("told");
    let release = |runtime: &str| {
        let bases = format!("ARG RUST=rust:1@sha256:01\nARG RUNTIME={runtime}\n");
        fs::write(folder.path().join("deploy/Dockerfile"), bases).unwrap();
        let mut command = Command::new("bash");
        command.args(["-e", "-c", script]).current_dir(folder.path());
        command.env("GITHUB_OUTPUT", &told).env("GITHUB_STEP_SUMMARY", folder.path().join("summary"));
        Running::start(command).end()
    };
    let refused = release("cc:12");
    assert!(refused.code == Some(1) && refused.stdout.contains("::error::cc:12 has no digest: type deploy/pin"));
    fs::remove_file(&told).unwrap();
    release("cc:12@sha256:02").exits(0);
    assert_eq!(fs::read_to_string(&told).unwrap(), "RUST=rust:1@sha256:01\nRUNTIME=cc:12@sha256:02\n");
}

/// Runs a script with a Docker that prints a digest for every name.
const WITH_DOCKER: &str = "docker() { echo sha256:0123456789abcdef; }; export -f docker; bash \"$0\"";

#[test]
fn the_bases_of_the_image_are_pinned_by_a_command_that_keeps_their_tags() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    for name in ["Dockerfile", "pin"] {
        fs::copy(repository().join("deploy").join(name), path(name)).unwrap();
    }
    // A base that is pinned already gets the digest of today.
    for _ in 0..2 {
        let mut command = Command::new("bash");
        command.args(["-c", WITH_DOCKER]).arg(path("pin"));
        Running::start(command).end().exits(0);
    }
    let pinned = fs::read_to_string(path("Dockerfile")).unwrap();
    let bases: Vec<&str> = pinned.lines().filter(|line| line.starts_with("ARG ")).collect();
    assert_eq!(bases.len(), 2, "the image has another number of bases");
    for base in bases {
        assert!(base.ends_with("@sha256:0123456789abcdef") && base.matches('@').count() == 1, "{base}");
    }
}
