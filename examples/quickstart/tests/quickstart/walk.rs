//! The walk is a test.

use crate::demo::quickstart;

#[test]
fn every_step_of_the_walk_holds() {
    let output = quickstart(&["walk"]);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let problem = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}\n{problem}");
    assert!(!said.contains('✗'), "{said}");
    assert_eq!(said.matches('✓').count(), 25, "{said}");
}

#[cfg(feature = "actix")]
#[test]
fn every_step_of_the_walk_holds_with_the_api_on_actix() {
    let output = quickstart(&["walk", "--actix"]);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}");
}
