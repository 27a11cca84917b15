//! Measures the matcher while working on it: `bench TRAIN.tsv CASES.tsv…` (several files of cases are read as one),
//! or `bench` alone for the shipped pack, by cross-validation and on its own test cases.

use intents::Pack;
use intents::eval::{Case, Method, Training, compare, cross_validate, evaluate, read_cases};
use std::error::Error;
use std::path::Path;
use std::time::Instant;

/// The precision that answering at once should have.
const TARGET: f32 = 0.97;

#[allow(clippy::print_stdout)] // its output is what it is for
fn main() -> Result<(), Box<dyn Error>> {
    let start = Instant::now();
    let clock = &|| start.elapsed();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((train, cases)) = arguments.split_first() else {
        let pack = Pack::okpay();
        let training = Training::from_pack(&pack);
        let case = |c: &intents::pack::TestCase| Case {
            text: c.text.clone(),
            label: c.label.clone().map(Into::into),
        };
        let cases: Vec<Case> = pack.cases().iter().map(case).collect();
        let outside: Vec<Case> = cases.iter().filter(|c| c.label.is_none()).cloned().collect();
        println!("{}\n", cross_validate(Method::Deskhand, &training, &outside, 10, TARGET, clock));
        println!("{}\n", evaluate(Method::Deskhand, &training, &cases, TARGET, clock));
        println!("{}", compare(&training, &cases, TARGET, clock));
        return Ok(());
    };
    let training = Training::from_cases(&read_cases(Path::new(train))?);
    let mut all = Vec::new();
    for file in cases {
        all.extend(read_cases(Path::new(file))?);
    }
    println!("{}\n", evaluate(Method::Deskhand, &training, &all, TARGET, clock));
    println!("{}", compare(&training, &all, TARGET, clock));
    Ok(())
}
