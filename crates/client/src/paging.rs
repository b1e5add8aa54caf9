//! Lists as streams of pages.

use futures::stream::{self, BoxStream, StreamExt};
use packhorse_model::api::Page;
use reqwest::Url;
use serde::de::DeserializeOwned;

use crate::client::Client;
use crate::error::ClientError;

/// A list, page by page; the next page is asked for when the one before has been taken.
pub type Pages<'a, T> = BoxStream<'a, Result<Page<T>, ClientError>>;

/// The most rows that a server gives at once.
pub(crate) const PAGE: &str = "500";

impl Client {
    /// The pages of the list at `url`.
    pub(crate) fn pages<T: DeserializeOwned + Send + 'static>(&self, url: Url) -> Pages<'_, T> {
        let pages = stream::try_unfold(Cursor::Start, move |cursor| {
            let url = url.clone();
            async move {
                let before = match cursor {
                    Cursor::Start => None,
                    Cursor::At(text) => Some(text),
                    Cursor::End => return Ok(None),
                };
                let limited = with_query(url, &[("limit", Some(PAGE.to_owned())), ("cursor", before.clone())]);
                let page: Page<T> = self.get(limited.clone()).await?;
                let next = match &page.next {
                    None => Cursor::End,
                    // A server that gives the same cursor back would keep a script in a loop for ever.
                    Some(_) if page.next == before => {
                        return Err(ClientError::unexpected(&limited, "the list does not go on at its cursor"));
                    }
                    Some(next) => Cursor::At(next.clone()),
                };
                Ok(Some((page, next)))
            }
        });
        pages.boxed()
    }
}

enum Cursor {
    Start,
    At(String),
    End,
}

/// `url` with the filters that are set.
pub(crate) fn with_query(mut url: Url, filters: &[(&str, Option<String>)]) -> Url {
    for (name, value) in filters {
        if let Some(value) = value {
            url.query_pairs_mut().append_pair(name, value);
        }
    }
    url
}

/// The word with which an enum of the model travels.
pub(crate) fn word<T: serde::Serialize>(value: Option<T>) -> Option<String> {
    match serde_json::to_value(value?) {
        Ok(serde_json::Value::String(word)) => Some(word),
        _ => None,
    }
}
