//! What a renderer receives: any bytes are a request or an error, and a request
//! survives being encoded again.
#![no_main]

use ipc::codec::{decode_request, encode_request};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(request) = decode_request(bytes) else {
        return;
    };
    let encoded = encode_request(&request).expect("what was decoded can be encoded");
    let again = decode_request(encoded.bytes()).expect("what was encoded can be decoded");
    assert_eq!(again, request);
});
