//! Clients that are slower than anybody can wait for.

use super::*;

#[actix_web::test]
async fn a_body_that_nobody_reads_must_go_on_coming() {
    let served = serve(Patience { body: Duration::from_secs(3), ..EASY }).await;
    let mut line = served.call().await;
    line.send(b"POST /unread HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\na").await;
    assert_eq!(line.answer().await.unwrap().0, 403);
    assert!(line.answer().await.is_none());
    // One that does is waited for, and so is what comes behind it.
    let mut line = served.call().await;
    line.send(b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 80000\r\n\r\n").await;
    for _ in 0..4 {
        line.send(&[1; 20_000]).await;
        sleep(Duration::from_secs(1)).await;
    }
    line.answer().await.unwrap().is("POST /a 80000 80000");
    line.send(HELLO).await;
    line.answer().await.unwrap().is("GET /hello 0 0");
}

#[actix_web::test]
async fn whoever_takes_nothing_of_an_answer_is_let_go() {
    let served = serve(Patience { take: Duration::from_millis(300), ..EASY }).await;
    let mut line = served.call().await;
    line.send(b"GET /endless HTTP/1.1\r\nHost: x\r\n\r\n").await;
    let mut gone = served.gone.subscribe();
    timeout(LONG, gone.wait_for(|gone| *gone)).await.expect("what is sent to nobody ends").unwrap();
}
