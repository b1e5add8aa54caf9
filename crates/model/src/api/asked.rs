//! What a plan or a deployment is asked for, whose strategy may be left to a named one.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use crate::deployment::DeploymentSpec;
use crate::ids::PlanId;
use crate::strategy::Strategy;

/// The key of a spec that holds its strategy.
const STRATEGY: &str = "strategy";

/// A spec as it is asked for. On the wire it is a [`DeploymentSpec`] whose `strategy` may be left out, or hold only some of its keys: these
/// go over the strategy that it names, or over the default of the environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedSpec {
    /// What is asked for; its strategy is of no meaning.
    pub spec: DeploymentSpec,
    /// The keys of a [`Strategy`] that were said.
    pub said: Map<String, Value>,
}

/// Asks for a deployment, as [`CreateDeployment`](super::deployments::CreateDeployment) does, of a spec whose strategy may be left to a
/// named one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[expect(clippy::large_enum_variant, reason = "one of them lives for as long as one request")]
pub enum AskedDeployment {
    /// Plans and applies.
    Spec(AskedSpec),
    /// Applies this plan; refused if anything it rests on has moved.
    Plan(PlanId),
}

impl AskedSpec {
    /// The spec with the strategy that comes of laying what was said over `base`.
    ///
    /// # Errors
    /// If the two do not make a strategy.
    pub fn over(self, base: &Strategy) -> Result<DeploymentSpec, serde_json::Error> {
        let mut laid = serde_json::to_value(base)?;
        if let Value::Object(keys) = &mut laid {
            keys.extend(self.said);
        }
        Ok(DeploymentSpec { strategy: serde_json::from_value(laid)?, ..self.spec })
    }
}

impl<'de> Deserialize<'de> for AskedSpec {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut keys = Map::deserialize(deserializer)?;
        let said = match keys.remove(STRATEGY) {
            None => Map::new(),
            Some(Value::Object(said)) => said,
            Some(_) => return Err(D::Error::custom("a strategy is an object")),
        };
        // What was said is read once by itself, so that it is refused here and not when it is laid over another.
        serde_json::from_value::<Strategy>(Value::Object(said.clone())).map_err(D::Error::custom)?;
        let spec = serde_json::from_value(Value::Object(keys)).map_err(D::Error::custom)?;
        Ok(Self { spec, said })
    }
}

impl Serialize for AskedSpec {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut value = serde_json::to_value(&self.spec).map_err(serde::ser::Error::custom)?;
        if let Value::Object(keys) = &mut value {
            keys.remove(STRATEGY);
            if !self.said.is_empty() {
                keys.insert(STRATEGY.to_owned(), Value::Object(self.said.clone()));
            }
        }
        value.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_said_goes_over_the_base() {
        let text = json!({ "action": "deploy", "package": "shop", "version": "1.0.0", "targets": {}, "strategy": { "canary": 0 } });
        let asked: AskedSpec = serde_json::from_value(text.clone()).unwrap();
        let base = Strategy { canary: 3, bake_seconds: 60, ..Strategy::default() };
        let spec = asked.clone().over(&base).unwrap();
        assert_eq!((spec.strategy.canary, spec.strategy.bake_seconds), (0, 60));
        let again: AskedSpec = serde_json::from_value(serde_json::to_value(&asked).unwrap()).unwrap();
        assert_eq!(again, asked);
    }

    #[test]
    fn what_is_no_strategy_is_refused() {
        for strategy in [json!({ "canry": 1 }), json!({ "canary": "x" }), json!(1)] {
            let text = json!({ "action": "deploy", "package": "shop", "targets": {}, "strategy": strategy });
            assert!(serde_json::from_value::<AskedSpec>(text.clone()).is_err(), "{text}");
        }
        let unknown = json!({ "action": "deploy", "package": "shop", "targets": {}, "x": 1 });
        assert!(serde_json::from_value::<AskedSpec>(unknown).is_err());
    }
}
