//! Runs every row on both adapters.

use std::path::Path;

use crate::adapters::Adapter;
use crate::answer::Answer;
use crate::play::Play;
use crate::row::{self, Row};
use crate::world::World;

#[test]
fn every_row_is_answered_as_the_catalogue_says_on_both_adapters() {
    let rows = all();
    let only = std::env::var("CATALOGUE_ROW").ok();
    let chosen = rows
        .iter()
        .filter(|row| only.as_ref().is_none_or(|id| row.id == *id));
    let mut faults = Vec::new();
    let mut ran = 0;
    for row in chosen {
        faults.extend(run(row));
        ran += 1;
    }
    assert!(ran > 0, "no such row");
    assert!(
        faults.is_empty(),
        "{} faults in {ran} rows:\n{}",
        faults.len(),
        faults.join("\n")
    );
}

/// All rows of the data files.
pub(crate) fn all() -> Vec<Row> {
    row::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/catalogue/rows"))
}

fn run(row: &Row) -> Vec<String> {
    let [axum, actix] = Adapter::ALL.map(|adapter| adapter.block_on(run_on(adapter, row)));
    let mut faults: Vec<_> = axum.faults.into_iter().chain(actix.faults).collect();
    if axum.answers != actix.answers {
        let pairs = axum
            .answers
            .iter()
            .flatten()
            .zip(actix.answers.iter().flatten());
        let (one, other) = pairs
            .filter(|(one, other)| one != other)
            .map(|(one, other)| (format!("{one:?}"), format!("{other:?}")))
            .next()
            .unwrap_or_default();
        faults.push(format!(
            "{}: the adapters answer differently\n    axum  {one}\n    actix {other}",
            row.id
        ));
    }
    faults
}

struct Outcomes {
    answers: Vec<Vec<Answer>>,
    faults: Vec<String>,
}

async fn run_on(adapter: Adapter, row: &Row) -> Outcomes {
    let mut outcomes = Outcomes {
        answers: Vec::new(),
        faults: Vec::new(),
    };
    for (number, case) in row.cases.iter().enumerate() {
        let world = World::new().await;
        let mut play = Play::new(&world, adapter.mount(&world).await);
        for step in case {
            play.step(step).await;
        }
        play.finish();
        let place = format!("{} case {} on {adapter:?}", row.id, number + 1);
        let faults = play
            .faults
            .iter()
            .map(|fault| format!("{place} ({}): {fault}", row.what));
        outcomes.faults.extend(faults);
        outcomes.answers.push(play.answers);
    }
    if row.same_answer {
        let last: Vec<_> = outcomes
            .answers
            .iter()
            .filter_map(|answers| answers.last())
            .collect();
        if let Some(different) = last.iter().find(|answer| !answer.looks_like(last[0])) {
            outcomes.faults.push(format!(
                "{} on {adapter:?}: the cases can be told apart\n      {:?}\n      {different:?}",
                row.id, last[0]
            ));
        }
    }
    outcomes
}

#[test]
fn an_answer_that_is_not_the_wanted_one_is_a_fault() {
    use crate::row::Step;
    let step = |send: &str, expect: &str| Step {
        send: Some(send.into()),
        expect: Some(expect.into()),
        ..Step::default()
    };
    let wrong = [
        step("authorize", "E400"),
        step("authorize", "CODE"),
        step("authorize", "CONSENT"),
        step("authorize", "R(invalid_request)"),
        step("authorize", "405"),
        step("token", "TOKENS"),
        step("token", "C401"),
        step("token", "T400(invalid_client)"),
        step("userinfo", "B401(insufficient_scope)"),
        step("userinfo", "B403(invalid_token)"),
        step("/jwks", "SCREEN"),
    ];
    for step in wrong {
        let expect = step.expect.clone();
        let row = Row {
            id: "made up".into(),
            what: "a wrong expectation".into(),
            same_answer: false,
            cases: vec![vec![step]],
        };
        assert!(!run(&row).is_empty(), "{expect:?} is taken for what came");
    }
}
