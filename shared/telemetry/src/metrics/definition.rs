//! Metrics as the fields of a struct: the doc comment of a field is the help text that Prometheus shows.

use prometheus::{
    CounterVec, Gauge, GaugeVec, Histogram, HistogramOpts, HistogramVec, IntCounterVec, IntGaugeVec, Opts,
    core::Collector,
};

/// Describes a metric.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Description {
    /// The name, by the conventions of Prometheus.
    pub(super) name: &'static str,
    /// `counter`, `gauge` or `histogram`.
    pub(super) kind: &'static str,
    /// What the metric counts or measures.
    pub(super) help: &'static str,
    /// The names of the labels. Each has few values.
    pub(super) labels: &'static [&'static str],
    /// The upper bounds of a histogram's buckets.
    pub(super) buckets: &'static [f64],
}

/// A type of metric that can be made from its description.
pub(super) trait Metric: Collector + Clone + Sized {
    const KIND: &'static str;

    fn create(description: &Description) -> prometheus::Result<Self>;
}

fn opts(description: &Description) -> Opts {
    Opts::new(description.name, description.help)
}

fn histogram(description: &Description) -> HistogramOpts {
    HistogramOpts::from(opts(description)).buckets(description.buckets.to_vec())
}

macro_rules! metric_types {
    ($($type:ty: $kind:literal, $new:expr;)+) => {
        $(impl Metric for $type {
            const KIND: &'static str = $kind;

            fn create(description: &Description) -> prometheus::Result<Self> {
                let new: fn(&Description) -> prometheus::Result<Self> = $new;
                new(description)
            }
        })+
    };
}

metric_types! {
    IntCounterVec: "counter", |description| Self::new(opts(description), description.labels);
    CounterVec: "counter", |description| Self::new(opts(description), description.labels);
    IntGaugeVec: "gauge", |description| Self::new(opts(description), description.labels);
    Gauge: "gauge", |description| Self::with_opts(opts(description));
    GaugeVec: "gauge", |description| Self::new(opts(description), description.labels);
    Histogram: "histogram", |description| Self::with_opts(histogram(description));
    HistogramVec: "histogram", |description| Self::new(histogram(description), description.labels);
}

/// Defines the struct of all metrics, and the descriptions of its fields.
macro_rules! define_metrics {
    (
        $(#[$attribute:meta])*
        pub struct $struct:ident;
        $($(#[doc = $help:literal])+ $field:ident: $type:ident = $name:literal $([$($label:literal),+])? $(in $buckets:expr)?;)+
    ) => {
        $(#[$attribute])*
        pub struct $struct {
            registry: Registry,
            models: BoundedLabel,
            $($(#[doc = $help])+ pub(super) $field: $type,)+
        }

        /// All metrics, in the order in which they are documented.
        const DESCRIPTIONS: &[Description] = &[$(
            Description {
                name: $name,
                kind: <$type as Metric>::KIND,
                help: concat!($($help),+).trim_ascii(),
                labels: &[$($($label),+)?],
                buckets: define_metrics!(@buckets $($buckets)?),
            },
        )+];

        impl $struct {
            /// Makes all metrics, without values.
            pub(super) fn new() -> Self {
                let registry = Registry::new();
                let mut descriptions = DESCRIPTIONS.iter();
                $(
                    let description = descriptions.next().expect("every field has a description");
                    let $field = <$type as Metric>::create(description).expect("a defined metric is well formed");
                    registry.register(Box::new($field.clone())).expect("every name is defined once");
                )+
                Self { registry, models: BoundedLabel::default(), $($field),+ }
            }
        }
    };
    (@buckets) => { &[] };
    (@buckets $buckets:expr) => { $buckets };
}

pub(super) use define_metrics;
