//! Many writers at once, and what the service has acknowledged to them.

use std::collections::BTreeMap;
use std::io;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use serde_json::json;

use super::{Answer, Client};

/// Writers at once.
pub const WRITERS: usize = 16;

/// The batches that were acknowledged: their numbers, which the writers chose, and their codes, which the service did.
#[derive(Default)]
pub struct Record {
    last: AtomicI64,
    acknowledged: Mutex<BTreeMap<i64, String>>,
    /// The numbers of those whose answer never came.
    unanswered: Mutex<Vec<i64>>,
}

impl Record {
    /// How many are acknowledged by now.
    pub fn len(&self) -> usize {
        self.acknowledged.lock().unwrap().len()
    }

    /// Sends one whole batch more: one movement of one person.
    fn send(&self, editor: &Client) -> io::Result<Answer> {
        let number = self.last.fetch_add(1, Ordering::SeqCst) + 1;
        let answer = self.send_number(editor, number);
        if answer.is_err() {
            self.unanswered.lock().unwrap().push(number);
        }
        answer
    }

    /// Sends the batch of a number, which always has the same key.
    fn send_number(&self, editor: &Client, number: i64) -> io::Result<Answer> {
        let editor = editor.with("Idempotency-Key", &format!("batch-{number}"));
        let figure = json!({"stage": "departed", "individuals": 1});
        let movement = json!({"destination": "bab", "figures": [figure]});
        // Without a code, a batch that is sent twice is there twice. The notes fill disks.
        let batch = json!({"number": number, "origin": "waer", "departed_on": "2017-03-18",
            "notes": "n".repeat(5_000), "movements": [movement]});
        let answer = editor.try_send("POST", "/v1/batches", Some(&batch))?;
        if answer.status == 201 {
            let code = answer.json()["code"].as_str().unwrap().to_owned();
            let before = self.acknowledged.lock().unwrap().insert(number, code.clone());
            assert!(before.is_none_or(|before| before == code), "batch {number} was acknowledged as another one");
        }
        Ok(answer)
    }

    /// Sends every batch again whose answer never came, and some that were acknowledged.
    pub fn send_again(&self, editor: &Client) {
        let mut unanswered = std::mem::take(&mut *self.unanswered.lock().unwrap());
        assert!(!unanswered.is_empty(), "somebody was waiting for an answer");
        let acknowledged: Vec<i64> = self.acknowledged.lock().unwrap().keys().rev().take(WRITERS).copied().collect();
        for number in &acknowledged {
            let answer = self.send_number(editor, *number).unwrap().is(201);
            assert_eq!(answer.header("Idempotency-Replayed"), Some("true"), "batch {number} is there");
        }
        for number in unanswered.drain(..) {
            self.send_number(editor, number).unwrap().is(201);
        }
    }

    /// Writes one batch, which must succeed.
    pub fn write(&self, editor: &Client) {
        self.send(editor).unwrap().is(201);
    }

    /// Writes with sixteen writers at once, each until it is refused or cut off; does something `meanwhile`; and gives
    /// what ended each of them.
    pub fn write_until_refused(&self, editor: &Client, meanwhile: impl FnOnce()) -> Vec<io::Result<Answer>> {
        std::thread::scope(|scope| {
            let writer = || loop {
                match self.send(editor) {
                    Ok(answer) if answer.status == 201 => {}
                    other => break other,
                }
            };
            let writers: Vec<_> = (0..WRITERS).map(|_| scope.spawn(writer)).collect();
            meanwhile();
            writers.into_iter().map(|writer| writer.join().unwrap()).collect()
        })
    }

    /// Writes with sixteen writers at once, shared out among these services, for as long as something is done `meanwhile`. Nobody is
    /// refused.
    pub fn write_while(&self, editors: &[Client], meanwhile: impl FnOnce()) {
        let ended = AtomicBool::new(false);
        std::thread::scope(|scope| {
            for editor in editors.iter().cycle().take(WRITERS) {
                scope.spawn(|| {
                    while !ended.load(Ordering::SeqCst) {
                        self.write(editor);
                    }
                });
            }
            meanwhile();
            ended.store(true, Ordering::SeqCst);
        });
    }

    /// Insists that every acknowledged batch is there once, that none is there twice or in part, and that at most so many
    /// are there unacknowledged: a batch whose answer was cut off may be there or not.
    #[track_caller]
    pub fn is_kept(&self, reader: &Client, unacknowledged: usize) {
        let mut there: BTreeMap<i64, Vec<String>> = BTreeMap::new();
        let rows = reader.rows("/v1/batches?limit=10000");
        for row in &rows {
            let code = row["code"].as_str().unwrap().to_owned();
            there.entry(row["number"].as_i64().unwrap()).or_default().push(code);
        }
        let twice: Vec<_> = there.iter().filter(|(_, codes)| codes.len() > 1).collect();
        assert!(twice.is_empty(), "there twice: {twice:?}");
        let acknowledged = self.acknowledged.lock().unwrap();
        for (number, code) in acknowledged.iter() {
            assert_eq!(there.get(number), Some(&vec![code.clone()]), "batch {number}");
        }
        let more = rows.len() - acknowledged.len();
        assert!(more <= unacknowledged, "{more} batches are there and were not acknowledged");
        let counted = &reader.rows("/v1/stats/flows")[0];
        for name in ["movements", "displaced_individuals"] {
            assert_eq!(counted[name], rows.len(), "{name} of {counted}");
        }
        let history = |code: &String| reader.rows(&format!("/v1/batches/{code}/history")).len();
        let entries: Vec<usize> = acknowledged.values().map(history).collect();
        assert!(entries.iter().all(|entries| *entries == 1), "a batch has one entry of history: {entries:?}");
        assert!(rows.iter().all(|row| row["revision"] == 1));
    }
}
