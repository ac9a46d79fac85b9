//! Metrics as fields: a field's doc comment is the help text that Prometheus shows.

use prometheus::{
    CounterVec, Gauge, GaugeVec, Histogram, HistogramOpts, HistogramVec, IntCounterVec, IntGaugeVec, Opts,
    core::Collector,
};

/// What there is to know of a metric before it is measured.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Description {
    /// Its name, after the conventions of Prometheus.
    pub name: &'static str,
    /// `counter`, `gauge` or `histogram`.
    pub kind: &'static str,
    /// What it counts or measures.
    pub help: &'static str,
    /// Its labels; the values of each are few and known.
    pub labels: &'static [&'static str],
    /// The upper bounds of a histogram's buckets.
    pub buckets: &'static [f64],
}

/// A type of metric that can be made from its description.
pub(super) trait Declared: Collector + Clone + Sized {
    const KIND: &'static str;

    fn declare(description: &Description) -> prometheus::Result<Self>;
}

fn opts(description: &Description) -> Opts {
    Opts::new(description.name, description.help)
}

fn histogram(description: &Description) -> HistogramOpts {
    HistogramOpts::from(opts(description)).buckets(description.buckets.to_vec())
}

macro_rules! declared {
    ($($type:ty: $kind:literal, $new:expr;)+) => {
        $(impl Declared for $type {
            const KIND: &'static str = $kind;

            fn declare(description: &Description) -> prometheus::Result<Self> {
                let new: fn(&Description) -> prometheus::Result<Self> = $new;
                new(description)
            }
        })+
    };
}

declared! {
    IntCounterVec: "counter", |description| Self::new(opts(description), description.labels);
    CounterVec: "counter", |description| Self::new(opts(description), description.labels);
    IntGaugeVec: "gauge", |description| Self::new(opts(description), description.labels);
    Gauge: "gauge", |description| Self::with_opts(opts(description));
    GaugeVec: "gauge", |description| Self::new(opts(description), description.labels);
    Histogram: "histogram", |description| Self::with_opts(histogram(description));
    HistogramVec: "histogram", |description| Self::new(histogram(description), description.labels);
}

/// Declares the struct of all metrics, with what documents them.
macro_rules! metrics {
    (
        $(#[$attribute:meta])*
        pub struct $struct:ident;
        $($(#[doc = $help:literal])+ $field:ident: $type:ident = $name:literal $([$($label:literal),+])? $(in $buckets:expr)?;)+
    ) => {
        $(#[$attribute])*
        pub struct $struct {
            registry: Registry,
            models: Bounded,
            $($(#[doc = $help])+ pub $field: $type,)+
        }

        /// All metrics, in the order in which they are documented.
        pub const DESCRIPTIONS: &[Description] = &[$(
            Description {
                name: $name,
                kind: <$type as Declared>::KIND,
                help: concat!($($help),+).trim_ascii(),
                labels: &[$($($label),+)?],
                buckets: metrics!(@buckets $($buckets)?),
            },
        )+];

        impl $struct {
            /// Makes all metrics, each at nothing.
            pub fn new() -> Self {
                let registry = Registry::new();
                let mut descriptions = DESCRIPTIONS.iter();
                $(
                    let description = descriptions.next().expect("every field has a description");
                    let $field = <$type as Declared>::declare(description).expect("a declared metric is well formed");
                    registry.register(Box::new($field.clone())).expect("every name is declared once");
                )+
                Self { registry, models: Bounded::default(), $($field),+ }
            }
        }
    };
    (@buckets) => { &[] };
    (@buckets $buckets:expr) => { $buckets };
}

pub(super) use metrics;
