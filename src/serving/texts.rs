//! Texts as requests carry them, and the answers (guide, tables 6-6 to 6-9 and 7.2.2): `{"meta": {"uuid": …}, "data":
//! {"req_data": [{"text": …}, …]}}` in; the same with `resp_data` out, in which each item has the request's fields and
//! the prediction's.

use super::http::Refusal;
use crate::domain::Predictor;
use axum::http::StatusCode;
use serde_json::{Map, Value, json};

pub(super) const CONTENT_TYPE: &str = "application/json";
/// What a request looks like, for messages.
pub(super) const FORM: &str = r#"{"data": {"req_data": [{"text": "…"}]}}"#;

/// Answers the request that `bytes` are.
///
/// # Errors
/// What is wrong with it, naming the item; or why the model does not answer.
pub(super) fn answer(predictor: &dyn Predictor, bytes: &[u8]) -> Result<Value, Refusal> {
    let wrong = |code: &str, message: String| Refusal::new(StatusCode::BAD_REQUEST, code, message);
    let mut request: Value = serde_json::from_slice(bytes)
        .map_err(|error| wrong("json-malformed", format!("the request is no JSON: {error}; send {FORM}")))?;
    let items = match request.pointer_mut("/data/req_data").map(Value::take) {
        Some(Value::Array(items)) => items,
        Some(_) => return Err(wrong("req-data-wrong", format!("data.req_data is no list: send {FORM}"))),
        None => return Err(wrong("req-data-missing", format!("data.req_data is missing: send {FORM}"))),
    };
    // All are looked at before the first is answered: a long request must not fail at its end.
    let items = items
        .into_iter()
        .enumerate()
        .map(|(index, item)| match item {
            Value::Object(item) if item.get("text").is_some_and(Value::is_string) => Ok(item),
            Value::Object(_) => Err(wrong(
                "text-missing",
                format!("data.req_data[{index}] has no \"text\" that is a text: send {FORM}"),
            )),
            _ => Err(wrong("req-data-wrong", format!("data.req_data[{index}] is no object: send {FORM}"))),
        })
        .collect::<Result<Vec<Map<String, Value>>, Refusal>>()?;
    let answered = items.into_iter().map(|item| answered(predictor, item)).collect::<Result<Vec<Value>, Refusal>>()?;
    // Empty if the request has none, as the guide says.
    let uuid = request.pointer_mut("/meta/uuid").map_or_else(|| json!(""), Value::take);
    Ok(json!({"meta": {"uuid": uuid}, "data": {"resp_data": answered}}))
}

fn answered(predictor: &dyn Predictor, mut item: Map<String, Value>) -> Result<Value, Refusal> {
    let text = item.get("text").and_then(Value::as_str).unwrap_or_default();
    let prediction = predictor.predict(text.as_bytes()).map_err(|error| Refusal::of(&*error))?;
    let failed = |reason: String| Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "prediction-failed", reason);
    match serde_json::to_value(prediction).map_err(|error| failed(error.to_string()))? {
        Value::Object(fields) => item.extend(fields),
        other => return Err(failed(format!("the model answered {other}"))),
    }
    Ok(Value::Object(item))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Explain;
    use crate::domain::predict::{PredictedEntity, Prediction};

    /// Finds every text as a whole.
    struct Whole;

    impl Predictor for Whole {
        fn predict(&self, bytes: &[u8]) -> Result<Prediction, Box<dyn Explain + Send + Sync>> {
            let text = String::from_utf8_lossy(bytes).into_owned();
            let end = u32::try_from(text.chars().count()).unwrap_or(0);
            let entity = PredictedEntity { label: "ALL".to_owned(), start: 0, end, text, score: 0.5 };
            Ok(Prediction::Entities { entities: vec![entity] })
        }

        fn takes_text(&self) -> bool {
            true
        }
    }

    fn asked(request: &str) -> Result<Value, String> {
        answer(&Whole, request.as_bytes()).map_err(|refusal| refusal.code)
    }

    #[test]
    fn each_item_comes_back_with_its_fields_and_the_answer() {
        let request = r#"{"meta":{"uuid":"10eb"},"data":{"req_data":[{"text":"😀好","id":7},{"text":""}]}}"#;
        let expected = json!({
            "meta": {"uuid": "10eb"},
            "data": {"resp_data": [
                {"text": "😀好", "id": 7,
                 "entities": [{"label": "ALL", "start": 0, "end": 2, "text": "😀好", "score": 0.5}]},
                {"text": "", "entities": [{"label": "ALL", "start": 0, "end": 0, "text": "", "score": 0.5}]},
            ]}
        });
        assert_eq!(asked(request), Ok(expected));
        assert_eq!(asked(r#"{"data":{"req_data":[]}}"#), Ok(json!({"meta":{"uuid":""},"data":{"resp_data":[]}})));
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (request, code) in [
            ("", "json-malformed"),
            ("{\"data\"", "json-malformed"),
            ("[]", "req-data-missing"),
            (r#"{"data":[]}"#, "req-data-missing"),
            (r#"{"data":{"req_data":{}}}"#, "req-data-wrong"),
            (r#"{"data":{"req_data":["text"]}}"#, "req-data-wrong"),
            (r#"{"data":{"req_data":[{"text":"a"},{"content":"b"}]}}"#, "text-missing"),
            (r#"{"data":{"req_data":[{"text":1}]}}"#, "text-missing"),
        ] {
            assert_eq!(asked(request), Err(code.to_owned()), "{request}");
        }
    }
}
