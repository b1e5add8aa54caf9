//! BlueKing's rolling expressions.

use packhorse_model::strategy::BatchExpression;

#[test]
fn rolling_expressions_make_the_batches_that_they_should() {
    let cases = crate::json(&crate::shared("data/blueking/rolling-expression-cases.json"));
    let valid = cases["valid"].as_array().expect("a list");
    let invalid = cases["invalid"].as_array().expect("a list");
    assert!(valid.len() > 5 && invalid.len() > 5);
    for case in valid {
        let text = case["expr"].as_str().expect("text");
        let total = usize::try_from(case["total"].as_u64().expect("a number")).expect("small");
        let sizes = text.parse::<BatchExpression>().and_then(|expression| expression.sizes(total)).expect(text);
        assert_eq!(serde_json::json!(sizes), case["batches"], "{text} of {total}");
    }
    for text in invalid {
        let text = text.as_str().expect("text");
        assert!(text.parse::<BatchExpression>().is_err(), "{text:?} is no expression");
    }
}
