//! Messages that wait to be sent to a renderer that does not receive them yet.

use super::talk::is_gone;
use capmode::{Channel, Sent};
use ipc::ProtocolError;
use ipc::codec::Encoded;
use ipc::limits::{MAX_FONTS, MAX_IN_FLIGHT};
use std::collections::VecDeque;
use std::io;

/// Most messages that wait for a renderer that keeps to the protocol: of each request
/// the question, its cancelling, and credit for the two halves of the parts that it may
/// send without having read about more; and every font. 544 × 4 KiB = 2.1 MiB.
const MOST: usize = 4 * MAX_IN_FLIGHT + MAX_FONTS as usize;

/// What waits to be sent, in order.
#[derive(Default)]
pub(super) struct Outgoing(VecDeque<Encoded>);

impl Outgoing {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds a message.
    ///
    /// # Errors
    ///
    /// [`ProtocolError::Unread`] where more waits than can: whoever answers what it has
    /// not received would have the broker ask on, and keep every question.
    pub(super) fn push(&mut self, message: Encoded) -> Result<(), ProtocolError> {
        if self.0.len() >= MOST {
            return Err(ProtocolError::Unread);
        }
        self.0.push_back(message);
        Ok(())
    }

    /// Sends what can be sent without waiting.
    ///
    /// # Errors
    ///
    /// The `errno` of sending.
    pub(super) fn flush(&mut self, channel: &Channel) -> io::Result<()> {
        while let Some(message) = self.0.front() {
            match channel.try_send(message.bytes()) {
                Ok(Sent::Done) => drop(self.0.pop_front()),
                Ok(Sent::Full) => return Ok(()),
                // Its last words are still to be received.
                Err(error) if is_gone(&error) => self.0.clear(),
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ipc::codec::encode_request;
    use ipc::{Request, RequestId};

    fn question(number: u32) -> Encoded {
        let id = RequestId(number);
        encode_request(&Request::Info { id }).unwrap()
    }

    #[test]
    fn renderer_that_never_receives_is_found_out() {
        let (ours, _theirs) = Channel::pair().unwrap();
        let mut outgoing = Outgoing::default();
        // A socket holds some hundred of them.
        let refused = (0..100_000).find_map(|number| {
            outgoing.flush(&ours).unwrap();
            outgoing.push(question(number)).err()
        });
        assert_eq!(refused, Some(ProtocolError::Unread));
        assert_eq!(outgoing.0.len(), MOST);
    }

    #[test]
    fn messages_leave_in_their_order_once_they_are_received() {
        let (ours, theirs) = Channel::pair().unwrap();
        let mut outgoing = Outgoing::default();
        for number in 0..400 {
            outgoing.push(question(number)).unwrap();
        }
        let mut buffer = [0; 64];
        for number in 0..400 {
            outgoing.flush(&ours).unwrap();
            let received = theirs.try_receive(&mut buffer).unwrap();
            let capmode::Received::Message(bytes) = received else {
                panic!("message {number} has not come");
            };
            assert_eq!(bytes, question(number).bytes());
        }
        assert!(outgoing.is_empty());
    }
}
