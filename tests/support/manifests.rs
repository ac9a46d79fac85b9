//! The manifests of deploy/kubernetes, as a cluster receives them.

use std::{collections::BTreeMap, fs, path::Path, process::Command};

use serde_json::{Map, Value};

use super::Running;

/// The folder of the manifests.
const KUBERNETES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/deploy/kubernetes");

/// The rendered manifests of an overlay.
pub(crate) struct Manifests(pub(crate) Vec<Value>);

impl Manifests {
    /// Renders an overlay.
    #[track_caller]
    pub(crate) fn of(overlay: &str) -> Self {
        Self::rendered(&Path::new(KUBERNETES).join("overlays").join(overlay))
    }

    /// Renders an overlay together with a component, as an operator's own overlay would name both.
    #[track_caller]
    pub(crate) fn with_component(overlay: &str, component: &str) -> Self {
        Self::with_components(overlay, &[component])
    }

    /// Renders an overlay together with components, in this order.
    #[track_caller]
    pub(crate) fn with_components(overlay: &str, components: &[&str]) -> Self {
        Self::of_overlay(|kubernetes| {
            let components: Vec<_> = components.iter().map(|one| format!("{kubernetes}/components/{one}")).collect();
            format!(
                "namespace: bindery\nresources: [{kubernetes}/overlays/{overlay}]\ncomponents: [{}]\n",
                components.join(", ")
            )
        })
    }

    /// Renders an operator's own overlay, which stands outside the repository. `own` gets the way to the folder of the manifests.
    #[track_caller]
    pub(crate) fn of_overlay(own: impl Fn(&str) -> String) -> Self {
        let folder = tempfile::tempdir().unwrap();
        // Kustomize takes no absolute paths.
        let up = "../".repeat(folder.path().canonicalize().unwrap().components().count() - 1);
        let kubernetes = format!("{up}{}", KUBERNETES.trim_start_matches('/'));
        fs::write(folder.path().join("kustomization.yaml"), own(&kubernetes)).unwrap();
        Self::rendered(folder.path())
    }

    #[track_caller]
    fn rendered(folder: &Path) -> Self {
        let kustomize = std::env::var_os("BINDERY_KUSTOMIZE").expect("BINDERY_KUSTOMIZE is Kustomize: run tests/run");
        let mut command = Command::new(kustomize);
        command.arg("build").arg(folder);
        let rendered = Running::start(command).end().exits(0).stdout;
        Self(serde_saphyr::from_multiple(&rendered).unwrap())
    }

    pub(crate) fn kind(&self, kind: &'static str) -> impl Iterator<Item = &Value> {
        self.0.iter().filter(move |manifest| manifest["kind"] == kind)
    }

    #[track_caller]
    pub(crate) fn find(&self, kind: &'static str, name: &str) -> &Value {
        let found = self.kind(kind).find(|manifest| manifest["metadata"]["name"] == name);
        found.unwrap_or_else(|| panic!("there is no {kind} {name}"))
    }

    /// Returns the manifests that run pods.
    pub(crate) fn workloads(&self) -> impl Iterator<Item = &Value> {
        self.kind("Deployment").chain(self.kind("StatefulSet")).chain(self.kind("CronJob"))
    }

    /// Returns the settings that all roles share.
    #[track_caller]
    pub(crate) fn settings(&self) -> BTreeMap<String, String> {
        let mut shared = self.kind("ConfigMap").filter(|map| named(map, "bindery-settings"));
        serde_json::from_value(shared.next().unwrap()["data"].clone()).unwrap()
    }
}

/// Returns whether a manifest has this name, with or without the digest that Kustomize adds.
fn named(manifest: &Value, name: &str) -> bool {
    let full = manifest["metadata"]["name"].as_str().unwrap();
    full == name || full.strip_prefix(name).is_some_and(|digest| digest.starts_with('-') && digest.len() == 11)
}

/// Returns the template of the pods of a workload.
pub(crate) fn template(workload: &Value) -> &Value {
    let job = &workload["spec"]["jobTemplate"]["spec"]["template"];
    if job.is_null() { &workload["spec"]["template"] } else { job }
}

/// Returns the specification of the pods of a workload.
pub(crate) fn pod(workload: &Value) -> &Value {
    &template(workload)["spec"]
}

/// Returns the containers of the pods of a workload.
pub(crate) fn containers(workload: &Value) -> impl Iterator<Item = &Value> {
    pod(workload)["containers"].as_array().into_iter().flatten()
}

/// Calls `found` for every object in a value.
pub(crate) fn each_object<'a>(value: &'a Value, found: &mut dyn FnMut(&'a Map<String, Value>)) {
    match value {
        Value::Object(object) => {
            found(object);
            object.values().for_each(|value| each_object(value, found));
        }
        Value::Array(values) => values.iter().for_each(|value| each_object(value, found)),
        _ => {}
    }
}
