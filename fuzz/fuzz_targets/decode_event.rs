//! What the broker receives: any bytes are an event or an error, and an event
//! survives being encoded again.
#![no_main]

use ipc::codec::{decode_event, encode_event};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(event) = decode_event(bytes) else {
        return;
    };
    let encoded = encode_event(&event).expect("what was decoded can be encoded");
    let again = decode_event(encoded.bytes()).expect("what was encoded can be decoded");
    assert_eq!(again, event);
});
