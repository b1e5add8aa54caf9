//! `/api/v1/danger-rules`, `/api/v1/scripts`.

use packhorse_model::api::scripts::{CheckScript, DangerRule, DangerRuleSpec, NewDangerRule, ScriptCheck};
use packhorse_model::name::DangerRuleName;

use crate::client::Client;
use crate::error::ClientError;
use crate::key::IdempotencyKey;
use crate::paging::Pages;

impl Client {
    /// The danger rules, by name.
    pub fn danger_rules(&self) -> Pages<'_, DangerRule> {
        self.pages(self.url(&["danger-rules"]))
    }

    /// One danger rule.
    ///
    /// # Errors
    /// When there is none of this name.
    pub async fn danger_rule(&self, name: &DangerRuleName) -> Result<DangerRule, ClientError> {
        self.get(self.url(&["danger-rules", name.as_str()])).await
    }

    /// Makes a danger rule.
    ///
    /// # Errors
    /// When there is one of this name, or its pattern is none.
    pub async fn create_danger_rule(
        &self,
        rule: &NewDangerRule,
        key: &IdempotencyKey,
    ) -> Result<DangerRule, ClientError> {
        self.post(self.url(&["danger-rules"]), rule, key).await
    }

    /// Changes a danger rule.
    ///
    /// # Errors
    /// When there is none of this name, or what is changed may not be.
    pub async fn update_danger_rule(
        &self,
        name: &DangerRuleName,
        spec: &DangerRuleSpec,
    ) -> Result<DangerRule, ClientError> {
        self.put(self.url(&["danger-rules", name.as_str()]), spec).await
    }

    /// Deletes a danger rule.
    ///
    /// # Errors
    /// When there is none of this name, or it comes with Packhorse.
    pub async fn delete_danger_rule(&self, name: &DangerRuleName) -> Result<(), ClientError> {
        self.delete(self.url(&["danger-rules", name.as_str()])).await
    }

    /// What the danger rules find in a script.
    ///
    /// # Errors
    /// When the script is too long.
    pub async fn check_script(&self, script: &CheckScript, key: &IdempotencyKey) -> Result<ScriptCheck, ClientError> {
        self.post(self.url(&["scripts", "check"]), script, key).await
    }
}
