//! `bindery stand-in` runs the built-in model server, for rehearsals, demonstrations and tests.

use std::{process::ExitCode, time::Duration};

use bindery_stand_in::{Faults, Settings, Timing, serve};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::{
    cli::{Global, StandInArgs},
    descriptors,
    exit::Failure,
    interrupt::StopRequests,
    stdout,
};

/// Runs the command until it is interrupted.
pub(crate) async fn run(global: &Global, arguments: StandInArgs) -> Result<ExitCode, Failure> {
    let settings = settings(&arguments)?;
    let cannot = |error| Failure::unavailable(format!("{} cannot be listened on: {error}", arguments.listen));
    // All workers of a fleet may call at once.
    descriptors::provide_most();
    let listener = TcpListener::bind(arguments.listen).await.map_err(cannot)?;
    let address = listener.local_addr().map_err(Failure::internal)?;
    let base_url = format!("http://{address}/v1");
    let shutdown = CancellationToken::new();
    let serving = tokio::spawn(serve(listener, settings, shutdown.clone()));
    let announced = async {
        announce(global.json, &base_url)?;
        std::future::pending::<Result<(), Failure>>().await
    };
    // Anybody who has read the address may ask the server to stop.
    let mut stop = StopRequests::listen();
    tokio::select! {
        () = stop.next() => {}
        failed = announced => failed?,
    }
    shutdown.cancel();
    serving.await.map_err(Failure::internal)?.map_err(Failure::internal)?;
    Ok(ExitCode::SUCCESS)
}

fn settings(arguments: &StandInArgs) -> Result<Settings, Failure> {
    let rates: Faults = arguments.faults.parse().map_err(Failure::usage)?;
    let script = match &arguments.script {
        Some(path) => {
            std::fs::read_to_string(path).map_err(|error| Failure::usage(format!("{}: {error}", path.display())))?
        }
        None => String::new(),
    };
    let rules = Faults::from_script(&script).map_err(Failure::usage)?;
    let timing = if arguments.instant {
        Timing::instant()
    } else {
        let first_token = Duration::try_from_secs_f64(arguments.first_token).map_err(Failure::usage)?;
        Timing { first_token, tokens_per_second: Some(arguments.tokens_per_second), ..Timing::default() }
    };
    Ok(Settings {
        seed: arguments.seed,
        timing,
        faults: rules.and(rates),
        schemas: arguments.schemas,
        key: arguments.key.clone(),
        ..Settings::default()
    })
}

fn announce(json: bool, base_url: &str) -> Result<(), Failure> {
    if json {
        return stdout::line(serde_json::json!({"base_url": base_url}));
    }
    stdout::line(base_url)?;
    eprintln!("Serving the OpenAI and Anthropic dialects. To write with it, use --model stand-in:prose and");
    eprintln!("BINDERY_PROVIDERS__STAND_IN__BASE_URL={base_url}");
    Ok(())
}
