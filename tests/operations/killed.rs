//! SIGKILL in the middle of writing: what was acknowledged is there, once and whole; what was not can be sent again.

use crate::support::{Record, Service, eventually, given_places, homeward, token};

/// What is acknowledged before each kill, and how often the service is killed.
const BATCHES: usize = 60;
const ROUNDS: usize = 5;

both! {
    fn nothing_acknowledged_is_lost(database) {
        let url = database.url();
        let ada = token(&url, "ada", "editor");
        let mut service = Service::start(&url);
        given_places(&service.with_token(&ada));
        let record = Record::default();
        for round in 1..=ROUNDS {
            let editor = service.with_token(&ada);
            let ends = record.write_until_refused(&editor, || {
                eventually("sixteen writers write", || record.len() >= round * BATCHES);
                service.kill();
            });
            assert!(ends.iter().all(Result::is_err), "cut off, not refused: {ends:?}");
            // Each writer had one batch on its way at the most.
            service = Service::start(&url);
            let editor = service.with_token(&ada);
            record.is_kept(&editor, ends.len());
            record.send_again(&editor);
            record.is_kept(&editor, 0);
            let verified = homeward(&url, &["verify"]);
            assert_eq!(verified.status, Some(0), "{verified}");
        }
        service.stop();
    }
}
