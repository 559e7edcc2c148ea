//! Published forecasts and their scores: added up once a day, found by key, and gone with their data set.

use super::*;

fn scope(id: &str, dataset: Dataset) -> ForecastScopeRow {
    let series = series("shop", Provider::Aws);
    ForecastScopeRow {
        id: id.into(),
        dataset,
        endpoint: series.endpoint().clone(),
        environment: series.environment().clone(),
    }
}

fn key(scope: &str) -> ForecastKey {
    ForecastKey { scope: scope.into(), measure: "error_rate".into() }
}

fn score(day: i64, scope: &str, lead_s: u32, held: f64) -> ForecastScoreRow {
    let score =
        ForecastScore { compared: 1, within_50: held, within_80: 1.0, within_95: 1.0, ..Default::default() };
    ForecastScoreRow { day: at(1_440 * day), key: key(scope), lead_s, score }
}

fn breach(day: i64, scope: &str, breaches: u64) -> BreachScoreRow {
    BreachScoreRow {
        day: at(1_440 * day),
        key: key(scope),
        horizon_s: 3_600,
        tenth: 3,
        predictions: 1,
        breaches,
        probability: 0.35,
        squared: 0.1,
    }
}

fn filled() -> Folder {
    let folder = open();
    let write = |write: &Write<'_>| {
        for (id, dataset) in [("live/a", Dataset::Live), ("demo/b", Dataset::Demo)] {
            write.put_forecast_scope(&scope(id, dataset))?;
            write.put_forecast(at(60), &key(id), b"first")?;
            write.put_forecast(at(60), &key(id), b"again")?;
            write.put_forecast_correction(&key(id), b"learnt")?;
            for row in [score(0, id, 3_600, 0.5), score(0, id, 3_600, 1.0), score(1, id, 7_200, 0.0)] {
                write.add_forecast_score(&row)?;
            }
            write.add_breach_score(&breach(0, id, 1))?;
            write.add_breach_score(&breach(1, id, 0))?;
            write.put_forecast_progress(dataset, at(60))?;
        }
        Ok(())
    };
    folder.catalog.write(write).expect("writes");
    folder
}

#[test]
fn scores_add_up_by_lead_or_by_day() {
    let folder = filled();
    let read = |by_day| {
        let rows = folder.catalog.read(|read| read.forecast_scores(at(0), at(2_880), by_day)).expect("reads");
        let of_a = rows.into_iter().filter(|row| &*row.key.scope == "live/a");
        of_a.map(|row| (row.day, row.lead_s, row.score.compared, row.score.within_50)).collect::<Vec<_>>()
    };
    assert_eq!(read(false), [(at(0), 3_600, 2, 1.5), (at(1_440), 7_200, 1, 0.0)]);
    assert_eq!(read(true), [(at(0), 0, 2, 1.5), (at(1_440), 0, 1, 0.0)]);
    let day = folder.catalog.read(|read| read.forecast_score(at(0), &key("live/a"))).expect("reads");
    assert_eq!((day.compared, day.within_50), (2, 1.5));
    let none = folder.catalog.read(|read| read.forecast_score(at(0), &key("live/none"))).expect("reads");
    assert_eq!(none, ForecastScore::default());
    let breaches = folder.catalog.read(|read| read.breach_scores(at(0), at(2_880))).expect("reads");
    let of_a = breaches.iter().find(|row| &*row.key.scope == "live/a").expect("is there");
    assert_eq!((of_a.predictions, of_a.breaches), (2, 1));
    assert!((of_a.probability - 0.7).abs() < 1e-9);
}

#[test]
fn the_first_forecast_of_a_moment_counts_and_each_data_set_has_its_own() {
    let folder = filled();
    let made = folder.catalog.read(|read| read.forecasts_made(Dataset::Live, at(60))).expect("reads");
    assert_eq!(made, [(key("live/a"), b"first".to_vec())]);
    let learnt = folder.catalog.read(|read| read.forecast_corrections(Dataset::Demo)).expect("reads");
    assert_eq!(learnt, [(key("demo/b"), b"learnt".to_vec())]);
}

#[test]
fn a_data_set_takes_its_forecasts_with_it() {
    let folder = filled();
    folder.catalog.write(|write| write.forget_forecasts(Dataset::Demo)).expect("writes");
    let read = |read: &Read<'_>| {
        Ok((
            read.forecast_scopes()?.len(),
            read.forecast_scores(at(0), at(2_880), false)?.len(),
            read.breach_scores(at(0), at(2_880))?.len(),
            read.forecast_progress(Dataset::Demo)?,
            read.forecast_progress(Dataset::Live)?,
        ))
    };
    assert_eq!(folder.catalog.read(read).expect("reads"), (1, 2, 1, None, Some(at(60))));
}

#[test]
fn what_is_past_its_retention_goes_with_the_names_that_nothing_needs() {
    let folder = filled();
    let prune = |write: &Write<'_>| {
        write.retain_forecasts(Dataset::Live, at(61), at(2_880))?;
        write.prune_forecast_scopes(Dataset::Live)
    };
    folder.catalog.write(prune).expect("writes");
    let read = |read: &Read<'_>| {
        Ok((
            read.forecasts_made(Dataset::Live, at(60))?.len(),
            read.forecast_scopes()?.len(),
            read.forecast_corrections(Dataset::Live)?.len(),
            read.forecast_corrections(Dataset::Demo)?.len(),
        ))
    };
    assert_eq!(folder.catalog.read(read).expect("reads"), (0, 1, 0, 1));
}
