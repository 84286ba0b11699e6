//! Scenarios through the public interface: the shipped files, the declared
//! keys, and the messages of everything that can be wrong.

use std::fs;
use std::path::{Path, PathBuf};

use connect_sim::scenario::{
    BlockBudget, Change, InputFile, KeySpec, Kind, Limits, Preset, RefundBasis, Scenario, Setting,
};
use connect_sim::units::{BasisPoints, Kwh, MicroStxPerKwh};

/// The least that a scenario must say.
const LEAST: &str = "[scenario]
name = \"least\"

[producers]
count = 3

[buyers]
count = 5
";

fn load(text: &str, overrides: &[&str]) -> Result<Scenario, String> {
    let overrides: Vec<String> = overrides.iter().map(ToString::to_string).collect();
    Scenario::from_toml(text, "scenarios/x.toml", &overrides).map_err(|faults| faults.to_string())
}

/// The messages of a text that must be at fault.
fn faults(text: &str, overrides: &[&str]) -> String {
    load(text, overrides).expect_err("the text should be at fault")
}

pub(crate) fn shipped() -> Vec<PathBuf> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let mut files: Vec<PathBuf> = fs::read_dir(directory)
        .expect("the directory of scenarios")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    files.sort();
    files
}

#[test]
fn shipped_scenarios_load_and_open_with_their_question() {
    let files = shipped();
    assert!(files.len() >= 5, "only {files:?}");
    for path in files {
        let scenario = Scenario::load(&path, &[]).unwrap_or_else(|faults| panic!("{faults}"));
        let stem = path.file_stem().and_then(|stem| stem.to_str());
        assert_eq!(Some(scenario.about.name.as_str()), stem);

        let text = fs::read_to_string(&path).expect("just read");
        let opening: Vec<&str> =
            text.lines().skip(1).map_while(|line| line.strip_prefix('#')).map(str::trim).collect();
        assert_eq!(text.lines().next(), Some("#:schema ./scenario.schema.json"));
        let opening = opening.join(" ");
        assert!(
            opening.starts_with(&scenario.about.question) && opening.contains('?'),
            "{} must open with its question",
            path.display()
        );
    }
}

#[test]
fn the_least_scenario_has_the_defaults() {
    let scenario = load(LEAST, &[]).expect("enough");
    assert_eq!(scenario.producers.count, 3);
    assert_eq!(scenario.time.ticks(), 7 * 48);
    assert_eq!(scenario.market.commission_bps, BasisPoints::new(250).expect("a rate"));
    assert_eq!(scenario.market.refund_basis, RefundBasis::LowerOfPaid);
    assert_eq!(scenario.network.budget, BlockBudget::Unlimited);
    assert_eq!((scenario.money.currency.as_str(), scenario.money.stx_price), ("eur", 0.60));
    assert_eq!(scenario.tariff.retail_peak_per_kwh, None);
    insta::assert_snapshot!(scenario.canonical_toml());
}

#[test]
fn a_scenario_says_what_it_means() {
    let scenario = load(
        "scenario.name = \"full\"
        producers = { count = 3, asking = { fixed = 0, zi-c = 2 } }
        buyers.count = 0x10
        money.stx_price_chf = 1
        network.budget = { read_count = 1, write_count = 2, read_length = 3, write_length = 4, runtime = 5 }
        tariff.retail_peak_per_kwh = 0.5
        thresholds = { wait_s_p95 = '< 1800', treasury_min_ustx = '>0' }
        [[decision]]
        day = 3
        key = 'paused'
        value = true
        [[decision]]
        day = 1
        key = 'commission_bps'
        value = 300
        [contracts]
        wattconnect = '../tests/library/scenario.rs'
        ",
        &["time.days=4", "adversaries.wash-trader=7"],
    )
    .expect("all of it is right");
    assert_eq!(scenario.buyers.count, 16);
    assert_eq!(scenario.producers.asking.total(), 4.0);
    assert_eq!(scenario.money.currency, "chf");
    assert_eq!(scenario.network.budget.limits().expect("five numbers").write_length, 4);
    assert_eq!(scenario.adversaries.wash_trader, 7);
    let decisions: Vec<_> =
        scenario.decisions.0.iter().map(|decision| (decision.day, decision.change)).collect();
    let rate = BasisPoints::new(300).expect("a rate");
    assert_eq!(decisions, [(1, Change::CommissionRate(rate)), (3, Change::Paused(true))]);
    assert_eq!(
        scenario.contracts.wattconnect,
        InputFile::Path {
            written: "../tests/library/scenario.rs".to_owned(),
            found: "scenarios/../tests/library/scenario.rs".into()
        }
    );
    assert_eq!((scenario.tariff.retail_at(16), scenario.tariff.retail_at(17)), (0.32, 0.5));
    assert_eq!((scenario.tariff.retail_at(20), scenario.tariff.retail_at(21)), (0.5, 0.32));

    let again = load(&scenario.canonical_toml(), &[]).expect("its own words");
    assert_eq!(again, scenario);
    assert_eq!(again.sha256(), scenario.sha256());
    let json = serde_json::to_value(scenario.settings()).expect("plain data");
    assert_eq!(json["decision"][1]["value"], true);
    assert_eq!(json["time"]["start"], "2026-06-15");
}

#[test]
fn the_hash_is_of_the_meaning_alone() {
    let plain = load(LEAST, &[]).expect("enough").sha256();
    let with_comment = load(&format!("# a comment\n{LEAST}"), &["time.days=7"]);
    assert_eq!(with_comment.expect("the same").sha256(), plain);
    assert_ne!(load(LEAST, &["time.days=8"]).expect("another").sha256(), plain);
}

#[test]
fn every_decision_reads_its_own_kind_of_value() {
    let decide = |key: &str, value: &str| {
        let text = format!("{LEAST}\n[[decision]]\nday = 0\nkey = \"{key}\"\nvalue = {value}\n");
        load(&text, &[]).map(|scenario| scenario.decisions.0[0].change)
    };
    let price = MicroStxPerKwh::new(5);
    assert_eq!(decide("energy_price_ustx_per_kwh", "5"), Ok(Change::EnergyPrice(price)));
    assert_eq!(decide("refund_basis", "0"), Ok(Change::RefundBasis(RefundBasis::ReferencePrice)));
    assert_eq!(decide("reserve_limit_kwh", "9"), Ok(Change::ReserveLimit(Kwh::new(9))));
    assert_eq!(decide("minimum_production_kwh", "9"), Ok(Change::MinimumProduction(Kwh::new(9))));
    let wrong = [
        ("energy_price_ustx_per_kwh", "0"),
        ("commission_bps", "10_001"),
        ("refund_rate_bps", "0.5"),
        ("refund_basis", "2"),
        ("reserve_limit_kwh", "-1"),
        ("max_energy_per_user_kwh", "0"),
        ("certification_fee_ustx", "\"5\""),
        ("maximum_production_kwh", "true"),
        ("paused", "1"),
    ];
    let messages: Vec<String> =
        wrong.iter().map(|(key, value)| decide(key, value).expect_err("a wrong value")).collect();
    insta::assert_snapshot!(messages.join("\n"));
}

#[test]
fn all_faults_of_a_file_are_told_together() {
    insta::assert_snapshot!(faults(
        "days = 3
place = 7

[scenario]
name = \"Not a slug\"
seed = -1

[time]
start = 2026-06-15T00:00:00
tick_minutes = 7
day = 3

[weather]
source = \"files\"
linke_turbidity = nan
clear_index = inf
file = 3

[money]
stx_price_eur = 0.6
stx_price_usd = 0.7
stx_price_euro = 0.8

[market]
commission_bps = 12_000
comission_bps = 3
energy_price_ustx_per_kwh = 3.5
treasury_ustx = 99999999999999999999999
refund_basis = 2

[producers]
count = -3
asking.zipp = 1
asking.zip = \"much\"

[tariff]
peak_from_hour = 22

[network]
budget = { read_count = 0, write_count = 1, read = 3 }
costs = [1, 2]

[contracts]
wattconnect = \"missing.clar\"

[markt]
a = 3

[thresholds]
\"wait s\" = \"< 1\"
wait_s = \"1800\"
gini = 3

[[decision]]
day = 900
key = \"paused\"
value = false

[[decision]]
key = \"comission_bps\"

[[decision]]
day = 2
key = \"commission_bps\"
when = \"noon\"
",
        &[]
    ));
}

#[test]
fn what_does_not_fit_together_is_told() {
    insta::assert_snapshot!(faults(
        "[scenario]
name = \"\"
[certification]
minimum_production_kwh = 6_000
[time]
tick_minutes = 15
[producers]
count = 0
asking = { fixed = 0, zi-c = 0, zip = 0, undercut = 0 }
[buyers]
count = 0
[weather]
cloudy_index = 1.2
[operator]
price_policy = \"balance\"
balance_max_ustx_per_kwh = 200_000
[load]
source = \"file\"
[network]
budget = \"mainnet-2.1\"
costs = \"off\"
fee_ustx = 10_000_000
fee_policy = \"raising\"
",
        &["time.days=2", "operator.balance_min_ustx_per_kwh=300000"]
    ));
}

#[test]
fn a_fault_hides_what_only_follows_from_it() {
    let text = format!("{LEAST}[certification]\nminimum_production_kwh = 9_000\n");
    let told = faults(&text, &["certification.maximum_production_kwh=many"]);
    assert_eq!(told.lines().count(), 1, "{told}");
}

#[test]
fn broken_toml_is_told_with_its_place() {
    let texts = [
        "[scenario\nname = 3",
        "[time]\ndays = ",
        "[time]\nstart = 2026-02-30",
        "a = 1\na = 2",
        "[time]\ndays = 1\n[time]\n",
        "a = \"no end",
        "a = 12:99\nb = \n[time\nc = 3",
        "x = [1,\n2\n[time]\ndays = 3",
        "ü = 1",
    ];
    let told: Vec<String> = texts.iter().map(|text| faults(text, &[])).collect();
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn overrides_are_told_as_they_were_given() {
    let text = format!("{LEAST}[[decision]]\nday = 1\nkey = \"paused\"\nvalue = true\n");
    let wrong = [
        "",
        "=3",
        "time.days",
        "time..days=3",
        "time.days.start=3",
        "decision.day=3",
        "time=3",
        "days=3",
        "comission_bps=3",
        "market.comission_bps=300",
        "markets.commission_bps=300",
        "market.commission_bps=many",
        "market.commission_bps=",
        "scenario.seed=1.5",
        "scenario.name=1984",
        "panel.albedo=-inf",
        "money.stx_price_usd=0",
        "thresholds.wait_s=<1 hour",
        "weather.file=no/such/weather.csv",
    ];
    let told: Vec<String> = wrong.iter().map(|wrong| faults(&text, &[wrong])).collect();
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn later_overrides_win() {
    let scenario = load(LEAST, &["time.days=2", "time.days=3"]).expect("right");
    assert_eq!(scenario.time.days, 3);
    // Only the one that counts is judged.
    assert!(load(LEAST, &["time.days=many", "time.days=3"]).is_ok());
}

#[test]
fn a_file_that_cannot_be_read_is_a_fault() {
    let directory = tempfile::tempdir().expect("a directory");
    let missing = directory.path().join("missing.toml");
    let told = Scenario::load(&missing, &[]).expect_err("no such file").to_string();
    assert!(told.starts_with(&format!("{}: cannot be read: ", missing.display())), "{told}");

    let latin = directory.path().join("latin.toml");
    fs::write(&latin, b"[scenario]\nname = \"caf\xe9\"\n").expect("written");
    let told = Scenario::load(&latin, &[]).expect_err("not UTF-8").to_string();
    assert!(told.starts_with(&format!("{}:2:12: not valid TOML", latin.display())), "{told}");
}

/// One line a key: the reference in brief.
fn describe(key: &KeySpec) -> String {
    let preset = match &key.preset {
        Preset::Required { like } => format!("required, like {like}"),
        Preset::Default(setting) => setting.to_string(),
        Preset::Absent => "absent".to_owned(),
    };
    let limits = match (key.limits, key.kind) {
        (Limits::Between(low, high), _) => format!("{low} to {high}"),
        (Limits::OneOf(numbers), _) => format!("{numbers:?}"),
        (Limits::None, Kind::Choice(names) | Kind::ChoiceOrTable(names, _)) => names.join("|"),
        (Limits::None, _) => "any".to_owned(),
        (Limits::Slug, _) => "slug".to_owned(),
    };
    format!("{} | {:?} | {preset} | {limits} | {}", key.path, key.kind, key.unit)
}

#[test]
fn the_list_of_keys_is_whole() {
    let keys = Scenario::keys();
    let lines: Vec<String> = keys.iter().map(describe).collect();
    insta::assert_snapshot!(lines.join("\n"));

    let scenario = load(LEAST, &[]).expect("enough");
    let settings = scenario.settings();
    for key in &keys {
        assert!(key.doc.ends_with('.') && !key.doc.contains('\n'), "{}: {:?}", key.path, key.doc);
        let number = match &key.preset {
            Preset::Required { like: setting } | Preset::Default(setting) => match setting {
                Setting::Integer(integer) => Some(*integer as f64),
                Setting::Number(number) => Some(*number),
                _ => None,
            },
            Preset::Absent => None,
        };
        if matches!(key.kind, Kind::Integer | Kind::Number) {
            assert_ne!(key.limits, Limits::None, "{} has no limits", key.path);
        }
        assert!(number.is_none_or(|number| key.limits.allow(number)), "{}", key.path);
        match &key.preset {
            Preset::Default(setting) => assert_eq!(settings.at(&key.path), Some(setting)),
            Preset::Required { .. } => assert!(settings.at(&key.path).is_some()),
            Preset::Absent => assert_eq!(settings.at(&key.path), None),
        }
    }
}
